-- The server in headless Neovim, end to end:
--   SHENYAN=target/debug/shenyan nvim --headless -u NONE -c 'luafile editors/neovim/test.lua'
-- Leaves with 1 at the first thing that is not as it should be.

local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
local binary = vim.fn.fnamemodify(assert(vim.env.SHENYAN, 'SHENYAN names the binary'), ':p')

local function leave(code, text)
  io.stdout:write(text .. '\n')
  vim.cmd(code .. 'cquit')
end

local function check(holds, what, seen)
  if not holds then
    error('not so: ' .. what .. (seen ~= nil and ('\nseen: ' .. vim.inspect(seen)) or ''), 2)
  end
  io.stdout:write('ok: ' .. what .. '\n')
end

local function wait(what, holds)
  check(vim.wait(20000, holds, 20), what, vim.diagnostic.get(0))
end

local function codes(buffer)
  local out = {}
  for _, d in ipairs(vim.diagnostic.get(buffer or 0)) do
    out[#out + 1] = d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)
  end
  return out
end

local function has(code)
  return vim.tbl_contains(codes(), code)
end

local function write(path, lines)
  vim.fn.mkdir(vim.fn.fnamemodify(path, ':h'), 'p')
  vim.fn.writefile(lines, path)
end

local function ask(method, params)
  local answers = assert(vim.lsp.buf_request_sync(0, method, params, 30000), method .. ' is answered')
  for _, answer in pairs(answers) do
    assert(not answer.err, vim.inspect(answer.err))
    return answer.result
  end
end

local function run()
  local folder = vim.fn.tempname()
  write(folder .. '/shenyan.toml', { "as_of = '2026-09-30'", '', '[[override]]', "paths = ['contracts/**']", "kind = 'contract'" })
  write(folder .. '/a.md', { '# 秋季😀特惠', '', '😀本店蜂蜜品质国家级，欢迎选购。' })
  vim.cmd('filetype on')
  package.path = here .. '/?.lua;' .. package.path
  require('shenyan').setup({ cmd = { binary, 'lsp' } })

  -- Diagnostics, at the right column behind a character of two UTF-16 code units.
  vim.cmd('edit ' .. folder .. '/a.md')
  wait('a file that is opened has diagnostics', function() return has('absolute/superlative') end)
  local d = vim.tbl_filter(function(x) return x.message:find('国家级') end, vim.diagnostic.get(0))[1]
  check(d and d.lnum == 2, 'the diagnostic is on its line', d)
  local line = vim.api.nvim_buf_get_lines(0, 2, 3, true)[1]
  check(line:sub(d.col + 1, d.end_col) == '国家级', 'the diagnostic is on its words', d)

  -- Hover.
  vim.api.nvim_win_set_cursor(0, { 3, d.col })
  local hover = ask('textDocument/hover', vim.lsp.util.make_position_params(0, 'utf-16'))
  check(hover.contents.value:find('广告法'), 'hover names the law', hover)

  -- A code action, applied by the editor.
  local params = vim.lsp.util.make_range_params(0, 'utf-16')
  params.context = { diagnostics = {} }
  local actions = ask('textDocument/codeAction', params)
  local ignore = vim.tbl_filter(function(a) return a.title:find('忽略此处') end, actions)[1]
  check(ignore, 'there is an action that ignores the finding', actions)
  vim.lsp.util.apply_workspace_edit(ignore.edit, 'utf-16')
  line = vim.api.nvim_buf_get_lines(0, 2, 3, true)[1]
  check(line:find('审言:忽略 absolute/superlative', 1, true), 'the action was applied', line)
  wait('an ignore without a reason is not obeyed', function() return has('ignore/invalid') and has('absolute/superlative') end)
  vim.cmd([[3substitute/（请写明理由）/奖项的名称/]])
  wait('an ignore with a reason is', function() return not has('absolute/superlative') and not has('ignore/invalid') end)
  vim.cmd('undo 0')
  wait('undone, the finding is back', function() return has('absolute/superlative') end)

  -- Typing: the diagnostic goes and comes with the words.
  vim.api.nvim_buf_set_text(0, 2, d.col, 2, d.end_col, { '上乘' })
  wait('without the words there is no diagnostic', function() return #codes() == 0 end)
  vim.api.nvim_buf_set_lines(0, 2, 2, true, { '品质国家级。', '' })
  wait('with new words there is one', function() return has('absolute/superlative') end)
  vim.cmd('write')

  -- A renamed file is judged by its new name: this folder holds contracts.
  vim.fn.mkdir(folder .. '/contracts', 'p')
  vim.lsp.util.rename(folder .. '/a.md', folder .. '/contracts/b.md')
  vim.cmd('edit ' .. folder .. '/contracts/b.md')
  check(vim.fn.filereadable(folder .. '/a.md') == 0, 'the file was renamed')
  vim.api.nvim_buf_set_lines(0, -1, -1, true, { '', '乙方有权随时调整利率，无需另行通知甲方。' })
  wait('a renamed file is checked as what its folder holds', function()
    return has('clause/unilateral-change') and not has('absolute/superlative')
  end)

  -- The configuration, judged while it is written and obeyed once it is saved.
  local contract = vim.api.nvim_get_current_buf()
  vim.cmd('edit ' .. folder .. '/shenyan.toml')
  vim.api.nvim_buf_set_lines(0, 0, 0, true, { "ignore = ['clause/unilateral-chang']" })
  wait('an unknown rule in the configuration is told', function() return has('unknown_rule') end)
  vim.api.nvim_buf_set_lines(0, 0, 1, true, { "ignore = ['clause/unilateral-change']" })
  wait('and taken back', function() return #codes() == 0 end)
  vim.cmd('write')
  vim.api.nvim_set_current_buf(contract)
  wait('a saved configuration holds at once', function() return not has('clause/unilateral-change') end)

  -- The client's settings.
  for _, client in pairs(vim.lsp.get_active_clients()) do
    client.notify('workspace/didChangeConfiguration', { settings = { shenyan = { kind = 'marketing' } } })
  end
  wait('settings of the client go over the configuration', function() return has('absolute/superlative') end)

  -- Goodbye.
  for _, client in pairs(vim.lsp.get_active_clients()) do
    client.stop()
  end
  wait('the server leaves when asked', function() return #vim.lsp.get_active_clients() == 0 end)
  vim.fn.delete(folder, 'rf')
end

local ok, problem = xpcall(run, debug.traceback)
if ok then
  leave(0, 'neovim: all as it should be')
else
  leave(1, 'neovim: ' .. tostring(problem))
end
