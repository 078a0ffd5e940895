"""Training of the model that guesses queues; needs the extra `ml`."""
