# What a site gets. The plugins find each other by their place: lib/foreshape/slurm and its folder dropin.
set(plugins lib/foreshape/slurm)
install(TARGETS foreshape_runtime job_submit_foreshape sched_foreshape LIBRARY DESTINATION ${plugins})
install(TARGETS sched_backfill LIBRARY DESTINATION ${plugins}/dropin)
install(TARGETS foreshape foreshape-train sshape RUNTIME DESTINATION bin)
install(FILES docs/foreshape.1 docs/foreshape-train.1 docs/sshape.1 DESTINATION share/man/man1)
install(FILES docs/foreshape.conf.5 DESTINATION share/man/man5)
install(FILES contrib/slurm.conf.example contrib/foreshape.conf.example README.md LICENSE DESTINATION share/doc/foreshape)
install(FILES contrib/systemd/foreshape-retrain.service contrib/systemd/foreshape-retrain.timer
  DESTINATION share/doc/foreshape/systemd)
install(FILES contrib/cron/foreshape DESTINATION share/doc/foreshape/cron)
