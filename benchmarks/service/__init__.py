"""The emulator in a process of its own, and the accounts it serves."""
