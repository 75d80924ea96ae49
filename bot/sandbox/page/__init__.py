"""The page of the sandbox: static files only, nothing loaded from outside."""
