"""The proof: the whole product, killed and lied to, compared with what the servers say happened."""
