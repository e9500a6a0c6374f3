"""绩效公开: choosing approved forms, reporting them to the congress, publishing them, and what of it the public sees."""
