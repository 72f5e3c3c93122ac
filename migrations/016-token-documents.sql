-- A partner token may be confined to the documents that its deployment was reviewed with. Tokens of before are not.

ALTER TABLE governance.partner_token ADD COLUMN documents_only boolean NOT NULL DEFAULT false;
