"""Pseudo-random numbers that depend on nothing but their argument."""

MASK = (1 << 64) - 1


def scramble(number: int) -> int:
    """Return 64 well-mixed bits of `number`."""
    number = (number + 0x9E3779B97F4A7C15) & MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)
