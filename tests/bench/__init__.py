"""What the product costs against the least that the same could cost: `make bench`."""
