-- 审言 for Neovim 0.7 and later, with the built-in client. Put this file on the runtime path as
-- lua/shenyan.lua and call require('shenyan').setup() in your init.lua.
--
-- setup { cmd = { '/path/to/shenyan', 'lsp' }, init_options = { enable = 'configured' } }
-- The options are those of crates/server/README.md.

local M = {}

local defaults = {
  cmd = { 'shenyan', 'lsp' },
  filetypes = { 'markdown', 'text', 'html' },
  init_options = {},
  settings = {},
}

-- The folder of the nearest shenyan.toml, else of the repository, else of the file.
local function root(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  local start = name ~= '' and vim.fn.fnamemodify(name, ':p:h') or vim.fn.getcwd()
  for _, marker in ipairs({ 'shenyan.toml', '.git' }) do
    local folder = start
    while true do
      if vim.loop.fs_stat(folder .. '/' .. marker) then
        return folder
      end
      local above = vim.fn.fnamemodify(folder, ':h')
      if above == folder then
        break
      end
      folder = above
    end
  end
  return start
end

-- Neovim 0.7 has no vim.lsp.start: one client for each folder is kept here.
local clients = {}

local function attach(buffer, options)
  local folder = root(buffer)
  local config = {
    name = 'shenyan',
    cmd = options.cmd,
    root_dir = folder,
    workspace_folders = { { uri = vim.uri_from_fname(folder), name = folder } },
    init_options = options.init_options,
    settings = options.settings,
  }
  if vim.lsp.start then
    return vim.lsp.start(config, { bufnr = buffer })
  end
  config.on_exit = function()
    clients[folder] = nil
  end
  clients[folder] = clients[folder] or vim.lsp.start_client(config)
  if clients[folder] then
    vim.lsp.buf_attach_client(buffer, clients[folder])
  end
end

function M.setup(options)
  options = vim.tbl_extend('force', defaults, options or {})
  local group = vim.api.nvim_create_augroup('shenyan', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = options.filetypes,
    callback = function(event)
      if vim.bo[event.buf].buftype == '' then
        attach(event.buf, options)
      end
    end,
  })
  -- The configuration too: it is completed, judged while it is written, and obeyed once saved.
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = group,
    pattern = 'shenyan.toml',
    callback = function(event)
      attach(event.buf, options)
    end,
  })
end

return M
