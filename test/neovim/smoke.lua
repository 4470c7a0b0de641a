-- Neovim as a language client that is not VS Code: run by neovim.test.mjs with
--   nvim --clean --headless -c 'luafile smoke.lua'        (0.7 has no -l)
-- Environment: SMOKE_NODE and SMOKE_SERVER (what to run), SMOKE_FILE (a Python file with a fault), SMOKE_LINE (the fault's
-- line, from 1), SMOKE_RESULT (a file that gets what happened, as JSON). Exit code 0 when every step was possible, 1 with the reason in `problem` otherwise.
-- Written for 0.7, where diagnostics are only ever pushed and vim.lsp.start does not exist yet, and later versions.

local result = {}

local function env(name)
  local value = os.getenv(name)
  assert(value, name .. ' is not set')
  return value
end

local function wait_for(what, milliseconds, condition)
  assert(vim.wait(milliseconds, condition, 20), ('waited %d s in vain for %s'):format(milliseconds / 1000, what))
end

local function start(file)
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo[buffer].filetype = 'python'
  local begin = vim.lsp.start_client or vim.lsp.start
  local id = begin({
    name = 'shipworthy',
    cmd = { env('SMOKE_NODE'), env('SMOKE_SERVER'), '--stdio' },
    root_dir = vim.fn.fnamemodify(file, ':h'),
    on_exit = function(code) result.exit_code = code end,
  })
  assert(id, 'the client did not start')
  assert(vim.lsp.buf_attach_client(buffer, id), 'the client did not attach')
  return buffer, id
end

-- Neovim keeps a diagnostic in a form of its own: this is what the server sent, as far as it can be told.
local function as_sent(diagnostic)
  local sent = (diagnostic.user_data or {}).lsp or {}
  return {
    range = {
      start = { line = diagnostic.lnum, character = diagnostic.col },
      ['end'] = { line = diagnostic.end_lnum, character = diagnostic.end_col },
    },
    message = diagnostic.message,
    severity = diagnostic.severity,
    source = diagnostic.source,
    code = diagnostic.code or sent.code,
    data = sent.data,
  }
end

local function request(buffer, id, method, parameters)
  local answers, problem = vim.lsp.buf_request_sync(buffer, method, parameters, 10000)
  local answer = assert(answers and answers[id], ('%s got no answer: %s'):format(method, tostring(problem)))
  local refusal = answer.error or answer.err
  assert(not refusal, ('%s was refused: %s'):format(method, vim.inspect(refusal)))
  return answer.result
end

-- The action that the server prefers, with its edit. Servers may leave the edit out until they are asked for it.
local function preferred_action(buffer, id, diagnostic)
  local actions = request(buffer, id, 'textDocument/codeAction', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = diagnostic.range,
    context = { diagnostics = { diagnostic }, only = { 'quickfix' } },
  }) or {}
  result.actions = vim.tbl_map(function(action) return action.title end, actions)
  local chosen
  for _, action in ipairs(actions) do
    if action.isPreferred and not action.disabled then chosen = chosen or action end
  end
  assert(chosen, 'no preferred quick fix among: ' .. table.concat(result.actions, ', '))
  result.resolved = chosen.edit == nil
  return chosen.edit and chosen or request(buffer, id, 'codeAction/resolve', chosen)
end

local function run()
  local buffer, id = start(env('SMOKE_FILE'))
  wait_for('the server to answer', 20000, function()
    local client = vim.lsp.get_client_by_id(id)
    return client and client.initialized or result.exit_code
  end)
  local faulty = { lnum = tonumber(env('SMOKE_LINE')) - 1 }
  wait_for('a diagnostic', 20000, function() return #vim.diagnostic.get(buffer, faulty) > 0 or result.exit_code end)
  assert(not result.exit_code, 'the server ended with exit code ' .. tostring(result.exit_code))
  local finding = as_sent(vim.diagnostic.get(buffer, faulty)[1])
  result.finding = finding

  local action = preferred_action(buffer, id, finding)
  result.title = action.title
  assert(action.edit, action.title .. ' has no edit')
  vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(id).offset_encoding)
  result.text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
  wait_for(finding.code .. ' to go', 10000, function()
    for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
      if as_sent(diagnostic).code == finding.code then return false end
    end
    return true
  end)

  vim.lsp.stop_client(id)
  wait_for('the server to end', 5000, function() return result.exit_code ~= nil end)
end

local ok, problem = pcall(run)
if not ok then result.problem = tostring(problem) end
local file = assert(io.open(env('SMOKE_RESULT'), 'w'))
file:write((vim.json or { encode = vim.fn.json_encode }).encode(result))
file:close()
vim.cmd(ok and 'qall!' or 'cquit 1')
