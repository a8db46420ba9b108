-- One row per payment. The id is the client's: its primary key is what makes a payment be accepted once.
CREATE TABLE payments (
    payment_id     uuid PRIMARY KEY,
    fingerprint    char(64)       NOT NULL,
    amount         numeric(18, 4) NOT NULL CHECK (amount > 0),
    currency       char(3)        NOT NULL,
    merchant_id    varchar(64)    NOT NULL,
    method         varchar(16)    NOT NULL CHECK (method IN ('card', 'bank_transfer')),
    token          varchar(80),
    metadata       jsonb          NOT NULL DEFAULT '{}',
    correlation_id varchar(128)   NOT NULL,
    status         varchar(16)    NOT NULL CHECK (status IN ('pending', 'accepted')),
    recorded_at    timestamptz    NOT NULL DEFAULT now(),
    accepted_at    timestamptz,
    CHECK ((status = 'accepted') = (accepted_at IS NOT NULL)),
    CHECK ((method = 'card') = (token IS NOT NULL))
);

CREATE INDEX payments_pending ON payments (recorded_at) WHERE status = 'pending';
