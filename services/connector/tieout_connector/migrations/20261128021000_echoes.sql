-- migrate:up
-- `shown_at`: Xero's UpdatedDateUTC of the state that is stored. `changed_by`: the latest moment of Xero's clock at which
-- the changes were made that webhooks announced; null: not only webhooks ask for this read. A read is not needed once the
-- stored state shows all changes up to `changed_by`. `document_type`: of an invoice, whether it is a bill or a sales invoice.
alter table snapshot add shown_at timestamptz, add document_type text;
alter table read_request add changed_by timestamptz;

-- migrate:down
alter table read_request drop changed_by;
alter table snapshot drop shown_at, drop document_type;
