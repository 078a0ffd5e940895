"""Shows. Values in, slack_sdk.models out; the parser of what a modal submits stands beside its builder."""
