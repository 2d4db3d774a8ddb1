/** The page's own script. It makes nodes and text, never markup of what it was told. */
export const script = `"use strict";
const find = document.getElementById("find");
const token = document.getElementById("token");
const root = document.getElementById("services");
const base = location.pathname.replace(/\\/_trunkline\\/?$/, "");

function node(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const authorized = () => (token.value === "" ? {} : { authorization: "Bearer " + token.value });

async function load() {
  const answer = await fetch(base + "/_trunkline/openapi.json", { headers: authorized() });
  if (answer.status === 401 || answer.status === 403) {
    token.hidden = false;
    root.replaceChildren(node("p", {}, "This server wants to know who asks: type the token above, and press Enter."));
    token.focus();
    return;
  }
  const api = await answer.json();
  if (!answer.ok) {
    root.replaceChildren(node("p", {}, api.message || answer.statusText));
    return;
  }
  token.hidden = api.security === undefined;
  document.querySelector("h1").textContent = document.title = api.info.title;
  show(api);
}

function show(api) {
  const resolve = (schema) => {
    if (!schema || !schema.$ref) return schema || {};
    return api.components.schemas[schema.$ref.split("/").pop()] || {};
  };
  const sections = new Map();
  for (const tag of api.tags) {
    const section = node("section", {}, node("h2", {}, tag.name));
    if (tag.description) section.append(node("p", {}, tag.description));
    sections.set(tag.name, section);
  }
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [verb, operation] of Object.entries(item)) {
      if (operation.responses) sections.get(operation.tags[0]).append(method({ path, verb, operation, resolve }));
    }
  }
  root.replaceChildren(...sections.values());
}

/** A value to begin with. */
function sample(schema, resolve, depth) {
  const one = resolve(schema);
  if (one.default !== undefined) return one.default;
  if (one.enum) return one.enum[0];
  if (one.oneOf) return depth > 4 ? {} : sample(one.oneOf[0], resolve, depth + 1);
  if (one.anyOf) return 0;
  if (one.type === "array") return depth > 2 ? [] : [sample(one.items, resolve, depth + 1)];
  if (one.type === "object") {
    const required = one.required || [];
    const entries = Object.entries(one.properties || {}).filter(([name]) => depth < 3 || required.includes(name));
    return depth > 6 ? {} : Object.fromEntries(entries.map(([name, of]) => [name, sample(of, resolve, depth + 1)]));
  }
  if (one.type === "integer" || one.type === "number") return 0;
  if (one.type === "boolean") return false;
  if (one.format === "date-time") return new Date(0).toISOString();
  return one["x-type"] === "int64" || one["x-type"] === "decimal" ? "0" : "";
}

function method({ path, verb, operation, resolve }) {
  const content = operation.responses["200"].content || {};
  const streams = Object.keys(content).some((type) => type !== "application/json");
  const callable = !streams || content["text/event-stream"];
  const kind = node("span", { className: "kind" }, streams ? "stream" : "");
  const details = node(
    "details",
    {},
    node("summary", {}, node("span", { className: "verb" }, verb.toUpperCase().replace(/^X-/, "")), node("span", { className: "path" }, path), kind),
  );
  details.dataset.words = (verb + " " + path + " " + operation.operationId + " " + (operation.description || "")).toLowerCase();
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(form({ path, verb, operation, resolve, streams, callable }));
  });
  return details;
}

function form({ path, verb, operation, resolve, streams, callable }) {
  const made = node("form", {});
  if (operation.description) made.append(node("p", {}, operation.description));
  const fields = (operation.parameters || []).map((parameter) => {
    const schema = parameter.schema || (parameter.content && parameter.content["application/json"].schema) || {};
    const said = resolve(schema);
    const first = parameter.content ? JSON.stringify(sample(schema, resolve, 0)) : said.const || (parameter.required && said.enum ? said.enum[0] : "");
    const input = node("input", { value: first, required: parameter.required === true, spellcheck: false });
    if (said.enum) input.placeholder = said.enum.join(" | ");
    else if (said.default !== undefined) input.placeholder = String(said.default);
    else if (said.type === "array") input.placeholder = "one, or several by commas";
    const name = node("span", {}, parameter.name, node("small", {}, parameter.description || said["x-type"] || said.type || ""));
    made.append(node("label", {}, name, input));
    return { parameter, input, list: said.type === "array" };
  });
  const sent = operation.requestBody && operation.requestBody.content["application/json"];
  const body = sent && node("textarea", { value: JSON.stringify(sample(sent.schema, resolve, 0), null, 2), spellcheck: false, rows: 8 });
  if (body) made.append(node("label", { className: "body" }, node("span", {}, "body"), body));
  if (!callable) {
    made.append(node("p", {}, "Streams of the caller need a client of Connect, gRPC or Trunkline."));
    return made;
  }
  const call = node("button", {}, "Call");
  const stop = node("button", { type: "button", className: "stop", hidden: true }, "Stop");
  const status = node("output", { className: "status" });
  const shown = node("pre", { hidden: true });
  made.append(call, stop, status, shown);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ path, verb, fields, body, streams, view: { stop, status, shown } });
  });
  return made;
}

async function send({ path, verb, fields, body, streams, view: { stop, status, shown } }) {
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, input, list } of fields) {
    if (parameter.in === "path") target = target.replace("{" + parameter.name + "}", encodeURIComponent(input.value));
    else if (input.value !== "") for (const one of list ? input.value.split(",") : [input.value]) query.append(parameter.name, one.trim());
  }
  const leaving = new AbortController();
  stop.hidden = !streams;
  stop.onclick = () => leaving.abort();
  shown.hidden = false;
  shown.textContent = "";
  status.className = "status";
  status.textContent = "…";
  const began = performance.now();
  try {
    const search = query.toString();
    const answer = await fetch(base + target + (search === "" ? "" : "?" + search), {
      method: verb.toUpperCase().replace(/^X-/, ""),
      headers: {
        ...authorized(),
        ...(body && { "content-type": "application/json" }),
        ...(streams && { accept: "text/event-stream" }),
      },
      body: body ? body.value : undefined,
      signal: leaving.signal,
    });
    const told = () => answer.status + " " + answer.statusText + " · " + Math.round(performance.now() - began) + " ms";
    status.textContent = told();
    if (!answer.ok) status.classList.add("bad");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
      if (streams) shown.textContent = text.replace(/^:\\n\\n/gm, "").slice(-100000);
    }
    status.textContent = told();
    try {
      shown.textContent = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      if (!streams) shown.textContent = text;
    }
  } catch (error) {
    status.textContent = leaving.signal.aborted ? "stopped" : String(error);
    status.classList.add("bad");
  } finally {
    stop.hidden = true;
  }
}

find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\\s+/);
  for (const section of root.children) {
    let any = false;
    for (const one of section.querySelectorAll("details")) {
      one.hidden = !words.every((word) => one.dataset.words.includes(word));
      any = any || !one.hidden;
    }
    section.hidden = !any;
  }
});
token.addEventListener("change", load);
load();
`;
