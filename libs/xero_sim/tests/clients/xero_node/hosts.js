// Leads every https connection of this process to the simulator, as a line in /etc/hosts would if ports could be named there.
const https = require("https");

class ToTheSimulator extends https.Agent {
  createConnection(options, done) {
    const there = { host: "127.0.0.1", port: Number(process.env.XERO_SIM_TLS_PORT) };
    return super.createConnection({ ...options, servername: options.servername || options.host, ...there }, done);
  }
}

https.globalAgent = new ToTheSimulator();
