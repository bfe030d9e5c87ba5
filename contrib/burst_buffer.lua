-- SPDX-License-Identifier: GPL-2.0-or-later
-- burst_buffer.lua for Slurm's burst_buffer/lua: a job's input is read from the staged copy that lies in the buffer already
-- (docs/staging.md), and staged now where there is none. Put it beside slurm.conf, with burst_buffer.conf:
--
--   Directive=BB_LUA
--   StageInTimeout=3600
--
-- A job says what it reads, and reads "$FORESHAPE_STAGED":
--
--   #BB_LUA stage_in source=/project/climate/input
--
-- slurmctld calls this as SlurmUser, who must not read what the user may not: everything that touches data is done by
-- foreshape stage as the user, through sudo. In /etc/sudoers.d/foreshape-stage:
--
--   slurm ALL=(ALL,!root) NOPASSWD: /usr/bin/foreshape stage copy *, /usr/bin/foreshape stage link *, \
--     /usr/bin/foreshape stage unlink *
--
-- Whatever fails here, the job starts, and the path leads to its source.

-- As the site has them.
local FORESHAPE = "/usr/bin/foreshape"
local CONF = "/etc/slurm/foreshape-stage.conf"
local NOTES = "/var/lib/foreshape/burst_buffer"  -- a directory of SlurmUser's own, 0700

-- A word that the shell leaves as it is.
local function word(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

local function is_number(text)
  return tostring(text):match("^%d+$") ~= nil
end

-- The source that a job script names; nil where it names none. Then whether a directive can't be understood.
local function source_in(job_script)
  local file = io.open(job_script, "r")
  if not file then return nil, false end
  local source, is_wrong = nil, false
  for line in file:lines() do
    if line:match("^#BB_LUA%s+stage_in%f[%s%z]") then
      local path = line:match("^#BB_LUA%s+stage_in%s+source=(/%S*)%s*$")
      is_wrong = is_wrong or path == nil or source ~= nil
      source = path
    end
  end
  file:close()
  return source, is_wrong
end

-- What is known of a job between two calls, each of which is in a process of its own: uid, source, path.
local function read_note(job_id)
  local file = is_number(job_id) and io.open(NOTES .. "/" .. job_id, "r")
  if not file then return nil end
  local note = { uid = file:read("*l"), source = file:read("*l"), path = file:read("*l") }
  file:close()
  return note.source and note or nil
end

local function write_note(job_id, note)
  local file = io.open(NOTES .. "/" .. job_id, "w")
  if not file then
    slurm.log_error("foreshape: %s/%s can't be written; job %s reads its source", NOTES, job_id, job_id)
    return
  end
  file:write(note.uid, "\n", note.source, "\n", note.path or "", "\n")
  file:close()
end

-- Runs foreshape stage with the user's rights; the first line that it prints, nil where it failed.
local function stage_as(uid, action, ...)
  local words = { "sudo -n -u", word("#" .. uid), "--", word(FORESHAPE), "stage", action, "--conf", word(CONF) }
  for _, argument in ipairs({ ... }) do words[#words + 1] = word(argument) end
  local pipe = io.popen(table.concat(words, " ") .. " 2>/dev/null", "r")
  local said = pipe and pipe:read("*l")
  if pipe then pipe:close() end
  return said
end

local function link(job_id, note)
  return stage_as(note.uid, "link", "--quiet", "--from", note.source, "--job", job_id)
end

-- Synchronous in slurmctld, as are pools and paths: these read one small file at most.
function slurm_bb_job_process(job_script)
  local _, is_wrong = source_in(job_script)
  if is_wrong then
    return slurm.ERROR, "#BB_LUA stage_in: write it once, as '#BB_LUA stage_in source=/an/absolute/path' without blanks"
  end
  return slurm.SUCCESS
end

function slurm_bb_pools()
  return slurm.SUCCESS
end

function slurm_bb_setup(job_id, uid, gid, pool, bb_size, job_script)
  local source = source_in(job_script)
  if source and is_number(job_id) and is_number(uid) and tostring(uid) ~= "0" then
    write_note(job_id, { uid = uid, source = source })
  end
  return slurm.SUCCESS
end

-- While the job waits: a copy that is there and current is not copied again.
function slurm_bb_data_in(job_id)
  local note = read_note(job_id)
  if not note then return slurm.SUCCESS end
  if not stage_as(note.uid, "copy", "--quiet", "--from", note.source) then
    slurm.log_info("foreshape: job %s: its input could not be staged; it reads the source", job_id)
  end
  note.path = link(job_id, note) or note.source
  write_note(job_id, note)
  return slurm.SUCCESS
end

function slurm_bb_real_size()
  return slurm.SUCCESS
end

function slurm_bb_paths(job_id, job_script, path_file)
  local note = read_note(job_id)
  local file = note and note.path and note.path ~= "" and io.open(path_file, "w")
  if file then
    file:write("FORESHAPE_STAGED=", note.path, "\n")
    file:close()
  end
  return slurm.SUCCESS
end

-- The job has its nodes: the link is turned to the source if that has changed since.
function slurm_bb_pre_run(job_id)
  local note = read_note(job_id)
  if note then link(job_id, note) end
  return slurm.SUCCESS
end

function slurm_bb_post_run()
  return slurm.SUCCESS
end

-- Results are not Foreshape's business: what the job wrote is where it wrote it.
function slurm_bb_data_out()
  return slurm.SUCCESS
end

function slurm_bb_test_data_in()
  return slurm.SUCCESS
end

function slurm_bb_test_data_out()
  return slurm.SUCCESS
end

function slurm_bb_get_status()
  return slurm.SUCCESS, "Foreshape: foreshape stage account says what lies in the buffer\n"
end

-- The copy stays until it expires; only the job's link goes.
function slurm_bb_job_teardown(job_id)
  local note = read_note(job_id)
  if note then
    stage_as(note.uid, "unlink", "--job", job_id)
    os.remove(NOTES .. "/" .. job_id)
  end
  return slurm.SUCCESS
end
