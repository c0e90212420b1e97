// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { criticismEntry, prototypeEntry } from "../../../../dashboard/views/prototypes/entries.js";
import { criticism, prototype } from "../../payloads.js";

test("a prototype that represents few is not shown to represent none", () => {
  assert.deepEqual([0, 1, 500].map((represented) => prototypeEntry(prototype(), represented, 1000).words), ["0 %", "< 1 %", "50 %"]);
  assert.equal(prototypeEntry(prototype(), 0, 0).share, 0, "an empty class");
});

test("who does not see a strip hears what stands under each sample", () => {
  assert.equal(prototypeEntry(prototype(), 25, 100).label, "s3, stands for 25 % of its class");
  assert.equal(criticismEntry(criticism()).label, "s4, label conflict");
});
