"""工作台: what waits for a person, by role. Beside `targets.site`, which shows it (and says why it is not in `targets.admin`)."""
