import { createHash } from 'node:crypto';
import { CHAIN_LENGTH } from './label-chain.js';

/** A script that Redis runs as one step. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

function script(text: string): RedisScript {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/**
 * Keys: the queue, then of each call its own, its response's and its span's (its own again for none).
 * Arguments: how long to keep it, milliseconds; then of each call its id, when it ended, and its record.
 */
export const PUT = script(`
local keep = ARGV[1]
for i = 0, (#ARGV - 1) / 3 - 1 do
  local call = KEYS[2 + i * 3]
  local id, at, record = ARGV[2 + i * 3], ARGV[3 + i * 3], ARGV[4 + i * 3]
  if redis.call('EXISTS', call) == 0 then
    redis.call('HSET', call, 'record', record)
    for n, field in ipairs({ 'response', 'span' }) do
      local name = KEYS[2 + i * 3 + n]
      if name ~= call then
        redis.call('HSET', call, field, name)
        local other = redis.call('HGET', name, 'at')
        if not other or tonumber(other) <= tonumber(at) then
          redis.call('HSET', name, 'at', at, 'call', id)
          redis.call('PEXPIRE', name, keep)
        end
      end
    end
    redis.call('PEXPIRE', call, keep)
    redis.call('ZADD', KEYS[1], at, id)
  end
end
redis.call('PEXPIRE', KEYS[1], keep)
return 1
`);

/**
 * Keys: of each claim its call's. Arguments: of each claim the field of its task, its token and its verdict.
 * Returns of each claim 'u' (unknown), 'f' (first), or 'r' and the verdict that it takes the place of.
 */
export const CLAIM = script(`
local out = {}
for i, call in ipairs(KEYS) do
  local field, token, verdict = ARGV[i * 3 - 2], ARGV[i * 3 - 1], ARGV[i * 3]
  if redis.call('EXISTS', call) == 0 then
    out[i] = 'u'
  else
    local text = redis.call('HGET', call, field)
    local chain = text and cjson.decode(text) or {}
    local at = 0
    for n, link in ipairs(chain) do
      if link.t == token and (link.n == 1 or n > 1) then at = n end
    end
    if at == 0 then
      local last = chain[#chain]
      if #chain >= ${CHAIN_LENGTH} then table.remove(chain, 1) end
      chain[#chain + 1] = { t = token, v = verdict, n = last and last.n + 1 or 1 }
      redis.call('HSET', call, field, cjson.encode(chain))
      at = #chain
    end
    out[i] = chain[at].n == 1 and 'f' or 'r' .. chain[at - 1].v
  end
end
return out
`);

/**
 * Keys: the queue. Arguments: what the keys of calls begin with, before when, how many at most.
 * Returns how many left the queue, and of each that was still there its record and the fields of its labels. The keys of the
 * calls can't be known before: they share the queue's hash tag.
 */
export const SWEEP = script(`
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
local out = { #due }
for _, id in ipairs(due) do
  local call = ARGV[1] .. id
  local record = redis.call('HGET', call, 'record')
  if record then
    local fields = {}
    for _, field in ipairs(redis.call('HKEYS', call)) do
      if string.sub(field, 1, 2) == 't:' then fields[#fields + 1] = string.sub(field, 3) end
    end
    for _, field in ipairs({ 'response', 'span' }) do
      local name = redis.call('HGET', call, field)
      if name and redis.call('HGET', name, 'call') == id then redis.call('DEL', name) end
    end
    redis.call('DEL', call)
    out[#out + 1] = { record, fields }
  end
  redis.call('ZREM', KEYS[1], id)
end
return out
`);

/**
 * Keys: the names by when they were saved, and the snapshot's own. Arguments: its name, when, its bytes as base64, before when
 * others are let go, what the keys of snapshots begin with.
 */
export const SAVE = script(`
redis.call('HSET', KEYS[2], 'at', ARGV[2], 'bytes', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[4])) do
  redis.call('DEL', ARGV[5] .. name)
  redis.call('ZREM', KEYS[1], name)
end
return 1
`);
