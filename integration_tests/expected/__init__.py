"""The truth that tests compare with: what the emulator holds, in the form the catalogue promises."""
