# SPDX-License-Identifier: GPL-2.0-or-later
# What a site gets, by package (cmake/debian.cmake): slurm (the plugins), tools (the programs) and trainer.
# The plugins find each other by their place: lib/foreshape/slurm and its directory dropin.
set(plugins lib/foreshape/slurm)
install(TARGETS foreshape_runtime job_submit_foreshape sched_foreshape
  LIBRARY DESTINATION ${plugins} COMPONENT slurm)
install(TARGETS sched_backfill LIBRARY DESTINATION ${plugins}/dropin COMPONENT slurm)
install(TARGETS foreshape sshape RUNTIME DESTINATION bin COMPONENT tools)
install(TARGETS foreshape-train RUNTIME DESTINATION bin COMPONENT trainer)
install(FILES docs/foreshape.1 docs/sshape.1 DESTINATION share/man/man1 COMPONENT tools)
install(FILES docs/foreshape-train.1 DESTINATION share/man/man1 COMPONENT trainer)
install(FILES docs/foreshape.conf.5 DESTINATION share/man/man5 COMPONENT slurm)
install(FILES contrib/slurm.conf.example contrib/foreshape.conf.example
  DESTINATION share/doc/foreshape-slurm COMPONENT slurm)
install(FILES README.md LICENSE docs/administration.md docs/order.md docs/trials.md docs/holding.md docs/memory.md
  docs/privacy.md docs/staging.md
  DESTINATION share/doc/foreshape COMPONENT tools)
install(FILES contrib/completion/foreshape DESTINATION share/bash-completion/completions COMPONENT tools)
install(FILES contrib/completion/foreshape DESTINATION share/bash-completion/completions RENAME sshape COMPONENT tools)
install(FILES contrib/completion/foreshape DESTINATION share/bash-completion/completions RENAME foreshape-train COMPONENT trainer)
install(FILES contrib/burst_buffer.lua contrib/task-prolog DESTINATION share/doc/foreshape/staging COMPONENT tools)
install(FILES contrib/mail-summary DESTINATION share/doc/foreshape/mail COMPONENT tools)
install(FILES contrib/cron/foreshape-stage DESTINATION share/doc/foreshape/cron COMPONENT tools)

# Units name the programs by the prefix, which only the installation knows.
foreach(unit foreshape-ingest foreshape-retrain foreshape-stage-plan foreshape-stage-sweep)
  set(made ${CMAKE_BINARY_DIR}/systemd/${unit}.service)
  install(CODE "set(FORESHAPE_BIN \"\${CMAKE_INSTALL_PREFIX}/bin\")
    configure_file(\"${CMAKE_SOURCE_DIR}/contrib/systemd/${unit}.service.in\" \"${made}\" @ONLY)" COMPONENT tools)
  install(FILES ${made} contrib/systemd/${unit}.timer DESTINATION lib/systemd/system COMPONENT tools)
endforeach()
