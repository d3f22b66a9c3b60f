;;; test.el --- the server in Emacs with eglot, end to end  -*- lexical-binding: t -*-

;;   SHENYAN=target/debug/shenyan emacs --batch -l editors/emacs/test.el
;; Leaves with 1 at the first thing that is not as it should be. Needs eglot and markdown-mode.

;;; Code:

(defconst test-here (file-name-directory (or load-file-name buffer-file-name)))
(defconst test-binary (expand-file-name (or (getenv "SHENYAN") (error "SHENYAN names the binary"))))

(require 'package)
(package-initialize)
(add-to-list 'load-path test-here)
(require 'shenyan)
(require 'flymake)
(require 'markdown-mode)

(defun test-check (holds what &optional seen)
  "Fail unless HOLDS; WHAT says what should be so, SEEN what was."
  (unless holds
    (message "not so: %s\nseen: %S" what seen)
    (kill-emacs 1))
  (message "ok: %s" what))

(defmacro test-wait (what form)
  "Wait until FORM holds; WHAT says what it means."
  `(let ((end (+ (float-time) 30)) found)
     (while (and (not (setq found ,form)) (< (float-time) end))
       (accept-process-output nil 0.05))
     (test-check found ,what (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))))

(defun test-words (diagnostic)
  "The words that DIAGNOSTIC stands at."
  (buffer-substring-no-properties (flymake-diagnostic-beg diagnostic) (flymake-diagnostic-end diagnostic)))

(defun test-at (words)
  "The diagnostic that stands at WORDS."
  (seq-find (lambda (d) (equal (test-words d) words)) (flymake-diagnostics)))

(defun test-apply (action)
  "Apply a code ACTION."
  (if (fboundp 'eglot-execute)
      (eglot-execute (eglot-current-server) action)
    (eglot--apply-workspace-edit (plist-get action :edit))))

(let* ((folder (make-temp-file "shenyan" t))
       (project-find-functions (list (lambda (_) (cons 'transient folder))))
       (eglot-confirm-server-initiated-edits nil)
       (eglot-sync-connect 30)
       (eglot-autoshutdown nil)
       (shenyan-command (list test-binary "lsp"))
       (coding-system-for-write 'utf-8))
  (write-region "as_of = '2026-09-30'\n" nil (expand-file-name "shenyan.toml" folder) nil 'quiet)
  (write-region "# 秋季😀特惠\n\n😀本店蜂蜜品质国家级，欢迎选购。\n" nil (expand-file-name "a.md" folder) nil 'quiet)
  (find-file (expand-file-name "a.md" folder))
  (test-check (derived-mode-p 'markdown-mode) "a Markdown file is in markdown-mode")
  (apply #'eglot--connect (eglot--guess-contact))
  (test-check (eglot-managed-p) "eglot manages the buffer")
  (setq flymake-no-changes-timeout 0.1)
  (flymake-start)
  (test-wait "a file that is opened has diagnostics" (flymake-diagnostics))
  (test-check (test-at "国家级") "they stand at the words, behind a character of two code units"
              (mapcar #'test-words (flymake-diagnostics)))

  ;; Typed text is checked, and what was found moves along.
  (goto-char (point-max))
  (insert "\n本店稳赚不赔。\n")
  (eglot--signal-textDocument/didChange)
  (test-wait "what is typed is checked" (test-at "稳赚"))
  (goto-char (point-min))
  (insert "第一行\n\n")
  (eglot--signal-textDocument/didChange)
  (test-wait "what was found moves along" (and (test-at "稳赚") (test-at "国家级")))

  ;; Hover.
  (goto-char (1+ (flymake-diagnostic-beg (test-at "国家级"))))
  (let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (test-check (string-match-p "第九条第三项" (plist-get (plist-get hover :contents) :value)) "hover names the article" hover))

  ;; A code action, applied; what it wrote is checked in its turn.
  (let* ((d (test-at "国家级"))
         (actions (append (eglot-code-actions (flymake-diagnostic-beg d) (flymake-diagnostic-end d) "quickfix") nil))
         (title (lambda (a) (plist-get a :title)))
         (ignore (seq-find (lambda (a) (string-prefix-p "忽略此处：absolute" (funcall title a))) actions)))
    (test-check ignore "there is an action to ignore" (mapcar title actions))
    (test-apply ignore)
    (goto-char (point-min))
    (test-check (search-forward "<!-- 审言:忽略 absolute/superlative 理由：（请写明理由）" nil t) "the action is applied"
                (buffer-string))
    (goto-char (point-min))
    (search-forward "（请写明理由）")
    (replace-match "奖项名称")
    (eglot--signal-textDocument/didChange)
    (test-wait "an ignore with a reason is obeyed" (and (test-at "稳赚") (not (test-at "国家级")))))

  (save-buffer)
  (eglot-shutdown (eglot-current-server))
  (test-check (not (eglot-managed-p)) "the server is gone")
  (set-buffer-modified-p nil)
  (delete-directory folder t))

;;; test.el ends here
