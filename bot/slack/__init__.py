"""The desk in Slack: what agents see there, what they do there, and the calls in between."""
