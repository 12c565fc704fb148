-- What is made of a router's policy, as JSON.
ALTER TABLE routers ADD COLUMN refinements TEXT NOT NULL DEFAULT '{}';
