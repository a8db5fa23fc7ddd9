"""施行文: what is sent out of a decision, as it will look and as it was sent."""
