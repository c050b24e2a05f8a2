"""What engines on torch share: reading weights, devices, seeds, sampling that a batch does not change, cancelling."""
