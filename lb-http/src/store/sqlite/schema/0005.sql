-- What a website is told, beside that a meeting has ended.

-- A JSON object of what is told, signed only when it is sent; absent for the end of a meeting, and once it is settled.
-- kind may be recording-ready, analytics or hook too.
ALTER TABLE deliveries ADD COLUMN message TEXT;
