// Serves one model by OpenAI's protocol, for tests, on 127.0.0.1: node server.mjs MODEL.gguf NAME THREADS
// Says its address in one line of JSON on stdout, and ends when its stdin does.
import { createServer } from "node:http";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const CONTEXT = 8192;
const LONGEST_BODY = 4 * 1024 * 1024;
// Tokens of a prompt read in one go: how long a client that has left still costs.
const CHUNK = 256;

const [file, name, threads] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: CONTEXT, threads: Number(threads) });
const sequence = context.getSequence();

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The prompt in ChatML; a message's own words never become control tokens. */
function tokensOf(messages) {
  const control = (text) => model.tokenize(text, true);
  const turn = ({ role, content }) => [
    ...control("<|im_start|>"), ...model.tokenize(`${role}\n${content}`, false), ...control("<|im_end|>\n"),
  ];
  return [...messages.flatMap(turn), ...control("<|im_start|>"), ...model.tokenize("assistant\n", false)];
}

/** Yields the answer piece by piece; what the prompt shares with the one before is not read again. */
async function* write(prompt, { temperature, limit, spent, left }) {
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const unread = prompt.slice(sequence.nextTokenIndex);
  while (unread.length > CHUNK && !left()) {
    await sequence.evaluateWithoutGeneratingNewTokens(unread.splice(0, CHUNK));
  }
  if (left()) return;
  let pending = [];
  for await (const token of sequence.evaluate(unread, { temperature })) {
    if (left()) return;
    spent.completion_tokens += 1;
    pending.push(token);
    const text = model.detokenize(pending);
    // A character may be spread over several tokens.
    if (!text.endsWith("\ufffd")) {
      pending = [];
      yield text;
    }
    if (spent.completion_tokens >= limit) {
      spent.finish = "length";
      return;
    }
  }
}

function read(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    request.on("data", (chunk) => {
      size += chunk.length;
      if (size > LONGEST_BODY) reject(new Refused(413, "the request is too long"));
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

/** What is asked, or a Refused. */
function parse(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refused(400, "the request is no JSON");
  }
  const { messages, temperature = 0, stream = false, stream_options: options } = body;
  const limit = body.max_tokens ?? body.max_completion_tokens ?? 512;
  const roles = ["system", "user", "assistant"];
  const good = (one) => roles.includes(one?.role) && typeof one.content === "string";
  if (!Array.isArray(messages) || !messages.length || !messages.every(good)) {
    throw new Refused(400, "messages must be a list of {role, content}");
  }
  if (!Number.isInteger(limit) || limit < 1) throw new Refused(400, "max_tokens must be a whole number from 1");
  if (!(temperature >= 0 && temperature <= 2)) throw new Refused(400, "temperature must be from 0 to 2");
  const prompt = tokensOf(messages);
  if (prompt.length + limit > CONTEXT) {
    throw new Refused(400, `${prompt.length} + ${limit} tokens are more than the context of ${CONTEXT}`);
  }
  return { prompt, limit, temperature, stream, counted: Boolean(options?.include_usage) };
}

function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

// One answer is written at a time.
let turn = Promise.resolve();

async function answer(request, response) {
  const asked = parse(await read(request));
  const before = turn;
  let done;
  turn = new Promise((resolve) => (done = resolve));
  try {
    await before;
    await respond(asked, response);
  } finally {
    done();
  }
}

async function respond({ prompt, limit, temperature, stream, counted }, response) {
  const head = { id: `chatcmpl-${Date.now()}`, created: Math.floor(Date.now() / 1000), model: name };
  const spent = { completion_tokens: 0, finish: "stop" };
  const usage = () => ({
    prompt_tokens: prompt.length,
    completion_tokens: spent.completion_tokens,
    total_tokens: prompt.length + spent.completion_tokens,
  });
  const send = (choices, more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`);
  if (stream) response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  let text = "";
  for await (const piece of write(prompt, { temperature, limit, spent, left: () => response.destroyed })) {
    text += piece;
    if (stream) send([{ index: 0, delta: { role: "assistant", content: piece }, finish_reason: null }]);
  }
  if (response.destroyed) return;
  if (!stream) {
    const message = { role: "assistant", content: text };
    const choices = [{ index: 0, message, finish_reason: spent.finish }];
    json(response, 200, { ...head, object: "chat.completion", choices, usage: usage() });
    return;
  }
  send([{ index: 0, delta: {}, finish_reason: spent.finish }]);
  if (counted) send([], { usage: usage() });
  response.end("data: [DONE]\n\n");
}

const server = createServer(async (request, response) => {
  try {
    const asked = `${request.method} ${request.url}`;
    if (asked === "GET /v1/models") json(response, 200, { object: "list", data: [{ id: name, object: "model" }] });
    else if (asked === "POST /v1/chat/completions") await answer(request, response);
    else throw new Refused(404, "no such path");
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    if (response.headersSent) response.destroy();
    else json(response, error.status ?? 500, { error: { message: error.message } });
  }
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.resume().on("end", () => process.exit());
