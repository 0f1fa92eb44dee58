// Does with xero-node what an integration does, and prints what it saw as JSON.
const { createRequire } = require("module");
const load = createRequire(`${process.env.XERO_NODE}/package.json`);
const { XeroClient } = load("xero-node");
const axios = load("axios");

const [clientId, clientSecret, tenant, callback, ...scopes] = process.argv.slice(2);
const seen = {};

// The person at the consent page.
async function consent(url) {
  const asked = Object.fromEntries(new URL(url).searchParams);
  const form = new URLSearchParams({ ...asked, tenant, decision: "allow", user: "jo.doe@example.com" });
  const answer = await axios.post("https://login.xero.com/identity/connect/authorize", form, {
    maxRedirects: 0,
    validateStatus: (status) => status === 302,
  });
  return answer.headers.location;
}

async function signIn() {
  const settings = { clientId, clientSecret, redirectUris: [callback], scopes, state: "s-1" };
  const xero = new XeroClient(settings);
  const tokens = await xero.apiCallback(await consent(await xero.buildConsentUrl()));
  seen.claims = tokens.claims();
  const refreshed = await xero.refreshToken();
  const again = await xero.refreshWithRefreshToken(clientId, clientSecret, refreshed.refresh_token);
  seen.refreshed = new Set([tokens.refresh_token, refreshed.refresh_token, again.refresh_token]).size;
  seen.tenants = (await xero.updateTenants()).map((each) => [each.tenantId, each.orgData.name]);
  return xero;
}

// Reads a list page by page until one is short.
async function pages(read, name) {
  const rows = [];
  for (let page = 1; ; page += 1) {
    const found = (await read(page)).body[name];
    rows.push(...found);
    if (found.length < 100) return rows;
  }
}

async function readLists(api) {
  const none = undefined;
  const lists = {
    contacts: (page) => api.getContacts(tenant, none, none, none, none, page, true),
    invoices: (page) => api.getInvoices(tenant, none, none, none, none, none, none, none, page),
    payments: (page) => api.getPayments(tenant, none, none, none, page),
    creditNotes: (page) => api.getCreditNotes(tenant, none, none, none, page),
  };
  const whole = {
    accounts: () => api.getAccounts(tenant),
    taxRates: () => api.getTaxRates(tenant),
    items: () => api.getItems(tenant),
    organisations: () => api.getOrganisations(tenant),
  };
  for (const [name, read] of Object.entries(lists)) seen[name] = await pages(read, name);
  for (const [name, read] of Object.entries(whole)) seen[name] = (await read()).body[name];
  const [first, second] = seen.invoices.filter((each) => each.invoiceNumber);
  const ids = [first.invoiceID, second.invoiceID];
  const numbers = [first.invoiceNumber, second.invoiceNumber];
  seen.byIds = (await api.getInvoices(tenant, none, none, none, ids)).body.invoices;
  seen.byNumbers = (await api.getInvoices(tenant, none, none, none, none, numbers)).body.invoices;
  seen.byFilter = (await api.getInvoices(tenant, none, 'Type=="ACCPAY"', "Date DESC")).body.invoices;
  seen.sinceTomorrow = (await api.getContacts(tenant, new Date(Date.now() + 86_400_000))).body.contacts;
}

async function write(api) {
  const contact = (await api.createContacts(tenant, { contacts: [{ name: "Node Ltd" }] })).body.contacts[0];
  const line = { description: "Paper", quantity: 1, unitAmount: 100, accountCode: "453" };
  const dates = { date: "2026-09-14", dueDate: "2026-10-14" };
  const bill = { type: "ACCPAY", contact: { contactID: contact.contactID }, lineItems: [line], ...dates, status: "DRAFT" };
  const made = (await api.createInvoices(tenant, { invoices: [bill] })).body.invoices[0];
  const id = made.invoiceID;
  const approved = { invoices: [{ status: "AUTHORISED", invoiceNumber: "N-1" }] };
  const updated = (await api.updateInvoice(tenant, id, approved)).body.invoices[0];
  const paid = { invoice: { invoiceID: id }, account: { code: "090" }, amount: 15, date: "2026-09-20" };
  const payment = (await api.createPayments(tenant, { payments: [paid] })).body.payments[0];
  await api.deletePayment(tenant, payment.paymentID, { status: "DELETED" });
  await api.createInvoiceAttachmentByFileName(tenant, id, "scan.pdf", Buffer.from("%PDF"));
  await api.createInvoiceHistory(tenant, id, { historyRecords: [{ details: "Called them" }] });
  const voided = (await api.updateInvoice(tenant, id, { invoices: [{ status: "VOIDED" }] })).body.invoices[0];
  const history = (await api.getInvoiceHistory(tenant, id)).body.historyRecords.map((each) => each.changes);
  Object.assign(seen, { contact, made, updated, payment, voided, history });
  seen.refused = await api.createContacts(tenant, { contacts: [{ name: "node ltd" }] }).catch((error) => String(error));
}

async function main() {
  const xero = await signIn();
  await readLists(xero.accountingApi);
  await write(xero.accountingApi);
  await xero.revokeToken();
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
