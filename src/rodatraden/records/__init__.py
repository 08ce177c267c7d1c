"""The ledger, stored files, the diary, idempotency and outgoing mail."""
