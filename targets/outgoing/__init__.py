"""Forms on their way out. `text` says what a person may read of them, `shapes` in which shapes that leaves."""
