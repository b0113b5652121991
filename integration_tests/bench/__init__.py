"""The benchmark, with small accounts and this connector in both places."""
