;;; shenyan.el --- 审言：eglot 设置 / settings for eglot  -*- lexical-binding: t -*-

;; 放到 load-path 里，在 init.el 里写 (require 'shenyan)。Emacs 29 自带 eglot；更早的从 ELPA 装。

;;; Code:

(require 'eglot)

(defgroup shenyan nil "审言：中文文案与合同审校。" :group 'tools)

(defcustom shenyan-command '("shenyan" "lsp")
  "启动服务器的命令。"
  :type '(repeat string))

(defcustom shenyan-options '(:enable "configured")
  "服务器的初始化选项，见 crates/server/README.md。
`:enable \"configured\"'：只在有 shenyan.toml 的文件夹里检查；`:enable \"always\"'：处处检查。"
  :type 'plist)

(defun shenyan--contact (&rest _)
  "What eglot is to start."
  `(,@shenyan-command :initializationOptions ,shenyan-options))

;; One server for all of them, whichever is opened first.
(add-to-list 'eglot-server-programs
             '((markdown-mode gfm-mode text-mode html-mode mhtml-mode) . shenyan--contact))

(dolist (hook '(markdown-mode-hook html-mode-hook mhtml-mode-hook))
  (add-hook hook #'eglot-ensure))

(provide 'shenyan)
;;; shenyan.el ends here
