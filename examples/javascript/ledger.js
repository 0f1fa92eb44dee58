// Books every change of a bill's amount due once, in a file: `KAFKA=host:9092 LEDGER=ledger.json node ledger.js`.
const fs = require("node:fs");
const { Kafka } = require("kafkajs");

const { KAFKA, LEDGER, PREFIX = "" } = process.env;
const book = fs.existsSync(LEDGER) ? JSON.parse(fs.readFileSync(LEDGER)) : { seen: {}, entries: [] };

async function onBill({ message: { key, value, headers } }) {
  if (value === null || String(headers.ce_type) !== "tieout.bill.v1") return; // Erased, or of another type.
  const sequence = Number(headers.ce_sequence);
  if (sequence <= (book.seen[key] ?? -1)) return; // It came before.
  book.seen[key] = sequence;
  book.entries.push({ key: String(key), sequence, due: JSON.parse(value).amount_due });
  fs.writeFileSync(`${LEDGER}.new`, JSON.stringify(book)); // The sequence and the effect are saved together.
  fs.renameSync(`${LEDGER}.new`, LEDGER);
}

const consumer = new Kafka({ brokers: KAFKA.split(",") }).consumer({ groupId: "ledger-js" });
(async () => {
  await consumer.connect();
  await consumer.subscribe({ topics: [`${PREFIX}tieout.bills.v1`], fromBeginning: true });
  await consumer.run({ eachMessage: onBill });
})();
