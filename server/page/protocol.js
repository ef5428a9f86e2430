// The MusicDB protocol in the browser: one websocket, requests with answers,
// notifications, and a connection that comes back by itself.

const silenceLimit = 6000; // milliseconds; the server sends something every second
const answerLimit = 4000;  // a failing function is silent, and so is a server that refuses the key

export class Protocol {
  #socket = null;
  #waiting = new Map();
  #serial = 0;
  #watchdog = 0;
  #pause = 500;

  // handlers: open(), lost(), packet(packet), refused()
  constructor(key, handlers) {
    this.key = key;
    this.handlers = handlers;
    this.#connect();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    this.#socket = socket;
    socket.onopen = () => { this.#pause = 500; this.#feed(); this.handlers.open(); };
    socket.onmessage = (event) => { this.#feed(); this.#receive(JSON.parse(event.data)); };
    socket.onclose = () => this.#lost(socket);
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    clearTimeout(this.#watchdog);
    for (const wait of this.#waiting.values()) wait.reject(new Error("connection lost"));
    this.#waiting.clear();
    this.handlers.lost();
    setTimeout(() => this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, 8000);
  }

  #feed() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#socket.close(), silenceLimit);
  }

  #receive(packet) {
    const wait = packet.method === "notification" ? null : this.#waiting.get(packet.fncsig);
    if (wait) {
      this.#waiting.delete(packet.fncsig);
      wait.resolve(packet.arguments);
      return;
    }
    this.handlers.packet(packet);
  }

  #send(method, fncname, fncsig, args) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ method, fncname, fncsig, arguments: args, pass: null, key: this.key }));
    return true;
  }

  // Executes a command; what it changes is told by notifications.
  call(fncname, args = null) { return this.#send("call", fncname, null, args); }

  // Executes a function and resolves to its result; rejects when no answer came.
  request(fncname, args = null) {
    const sig = `page:${++this.#serial}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { this.#waiting.delete(sig); reject(new Error(`no answer to ${fncname}`)); }, answerLimit);
      this.#waiting.set(sig, {
        resolve: (value) => { clearTimeout(timer); resolve(value); },
        reject: (err) => { clearTimeout(timer); reject(err); },
      });
      if (!this.#send("request", fncname, sig, args)) {
        clearTimeout(timer);
        this.#waiting.delete(sig);
        reject(new Error("not connected"));
      }
    });
  }
}
