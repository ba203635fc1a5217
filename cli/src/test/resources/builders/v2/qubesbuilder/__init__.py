"""The tests make this part of the builder in shell: see qb."""
