"""Where files are kept: a local folder, or any server that speaks S3."""
