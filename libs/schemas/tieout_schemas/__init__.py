"""What travels on Kafka: envelope, topics, events, intents. No I/O; other teams install it."""
