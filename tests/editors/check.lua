-- Opens the note that NOTE names, waits for what vaultlint finds, applies the first fix, saves, and waits
-- until nothing is found; writes what it saw to the file that TOLD names.

local told = {}

local function finish()
  local file = assert(io.open(vim.env.TOLD, "w"))
  file:write(vim.fn.json_encode(told))
  file:close()
  vim.cmd("qall!")
end

local function messages()
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, each.code .. " " .. each.message)
  end
  return found
end

local ok, problem = pcall(function()
  vim.cmd("edit " .. vim.fn.fnameescape(vim.env.NOTE))
  local client = vim.lsp.start_client({
    name = "vaultlint",
    cmd = { vim.env.PYTHON, "-m", "vaultlint", "lsp" },
    root_dir = vim.fn.fnamemodify(vim.env.NOTE, ":h"),
  })
  vim.lsp.buf_attach_client(0, client)
  assert(vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 20), "no findings")
  told.found = messages()
  local place = { line = 2, character = 8 }
  local answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", {
    textDocument = vim.lsp.util.make_text_document_params(),
    range = { start = place, ["end"] = place },
    context = { diagnostics = {} },
  }, 60000)
  local action = answers[client].result[1]
  told.action = action.title
  vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
  vim.cmd("write")
  assert(vim.wait(60000, function() return #vim.diagnostic.get(0) == 0 end, 20), "still findings")
  told.left = messages()
  told.lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
end)
if not ok then
  told.problem = tostring(problem)
end
finish()
