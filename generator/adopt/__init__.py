"""What adopters need beside builds: a repository to begin with, and what an upgrade changes for it."""
