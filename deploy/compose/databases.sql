-- One server with a database for each service, as in the chart's trial.
create database tieout_connector;
create database tieout_contacts;
create database tieout_bills;
create database tieout_payments;
