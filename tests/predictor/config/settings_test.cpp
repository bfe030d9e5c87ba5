// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/settings.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/config/key.h"

namespace foreshape {
namespace {

Settings parsed(const std::string& text) {
  const auto settings = parse_settings(text, "f.conf");
  EXPECT_TRUE(settings) << settings.error().message;
  return settings.value_or(Settings{});
}

Mode mode(const Settings& s, Lever lever) { return s.policy.modes[static_cast<std::size_t>(lever)]; }

std::string source_file(const std::string& name) {
  return read_file(std::string(FORESHAPE_SOURCE_DIR) + "/" + name, 1U << 20).value();
}

}  // namespace

TEST(ParseSettings, AnEmptyFileMeansTheDefaults) {
  EXPECT_EQ(format_settings(parsed("")), format_settings(Settings{}));
  EXPECT_EQ(format_settings(parsed("# nothing\n\n  \t\r\n")), format_settings(Settings{}));
}

TEST(ParseSettings, ReadsSlurmsManner) {
  const Settings s = parsed(
      "enabled = no # comment\n"
      "STATEDIR=\"/srv/fore shape#1/\"  JournalFileSize=1M \\\n"
      "   JournalTotalSize=2M\r\n"
      "RunTime=advise Mode=off\n"
      "Order=on OrderMaxOffset=2-12:00 OrderLogOffset=90\n"
      "HoldUsers=carol,dave\\\n\n"
      "HoldPoolShare=7% HoldIdleCap=1.5 AgentInterval=5");
  EXPECT_FALSE(s.enabled);
  EXPECT_EQ(s.state_dir, "/srv/fore shape#1");
  EXPECT_EQ(s.journal_dir, "/srv/fore shape#1/journal");
  EXPECT_EQ(s.snapshot_file, "/srv/fore shape#1/profiles.snap");
  EXPECT_EQ(s.kill_switch_file(), "/srv/fore shape#1/disabled");
  EXPECT_EQ(s.journal_file_bytes, 1 << 20);
  EXPECT_EQ(mode(s, Lever::run_time), Mode::advise);
  EXPECT_EQ(mode(s, Lever::memory), Mode::off);
  EXPECT_EQ(s.policy.order.mode, OrderMode::on);
  EXPECT_EQ(s.policy.order.max_offset_s, 216'000);
  EXPECT_EQ(s.policy.order.log_offset_s, 5'400);
  EXPECT_EQ(s.policy.hold.users, (std::vector<std::string>{"carol", "dave"}));
  EXPECT_EQ(s.policy.hold.pool_share_max, 0.07);
  EXPECT_EQ(s.policy.hold.idle_cap_node_s, 5'400);
  EXPECT_EQ(s.policy.hold.idle_cap_per_user_node_s, 5'400);
  EXPECT_EQ(s.agent_interval_s, 5);
}

TEST(ParseSettings, TrialStartsAreForTheClusterOrAScopeAndNeedTheOrder) {
  const std::string order = "Order=on\n";
  const Settings s =
      parse_settings(order + "Trial=opt-in\nAccount=physics Trial=on\nQOS=urgent Trial=off\n", "f.conf")
          .value();
  const TextHash physics = text_hash("physics"), urgent = text_hash("urgent");
  EXPECT_EQ(s.policy.trial_for({}), TrialMode::opt_in);
  EXPECT_EQ(s.policy.trial_for({{}, {}, physics}), TrialMode::on);
  EXPECT_EQ(s.policy.trial_for({{}, {&urgent, 1}, 0}), TrialMode::off);
  EXPECT_EQ(parse_settings(format_settings(s), "f.conf")->policy.trial_for({{}, {}, physics}), TrialMode::on);
  const auto cause = [](const std::string& text) { return parse_settings(text, "f.conf").error().message; };
  EXPECT_EQ(cause("Trial=on\n"),
            "f.conf:1: Trial: trial starts give a job its old place in the order back; set Order=on");
  EXPECT_NE(cause(order + "Account=a Trial=on\nAgentInterval=90\n")
                .find("f.conf:3: AgentInterval: TrialLength must be"),
            std::string::npos);
  EXPECT_NE(cause(order + "Trial=on\nJobTag=no\n").find("set JobTag=yes"), std::string::npos);
  EXPECT_EQ(cause("Account=a Trial=on Trial=off\n"), "f.conf:1: Trial: given twice");
  EXPECT_NE(cause("Account=a Trial=perhaps\n").find("'perhaps' is not off|opt-in|on"), std::string::npos);
}

TEST(ParseSettings, ScopeLinesSetModesOfTheirJobs) {
  const Settings s = parsed("Partition=debug,gpu Memory=advise Mode=off\naccount=physics RunTime=observe\n");
  ASSERT_EQ(s.policy.rules.size(), 3U);
  EXPECT_EQ(s.policy.rules[1].kind, ScopeRule::Kind::partition);
  EXPECT_EQ(s.policy.rules[1].name, "gpu");
  EXPECT_EQ(s.policy.rules[1].hash, text_hash("gpu"));
  EXPECT_EQ(s.policy.rules[1].modes.modes[1], Mode::advise);
  EXPECT_EQ(s.policy.rules[1].modes.modes[0], Mode::off);
  EXPECT_EQ(s.policy.rules[2].kind, ScopeRule::Kind::account);
  EXPECT_EQ(s.policy.rules[2].modes.modes[1], std::nullopt);
}

TEST(ParseSettings, NamesFileLineKeyAndCause) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"\nOrdr=on", "f.conf:2: Ordr: unknown key, did you mean Order?"},
      {"HoldPoolShaer=1%", "f.conf:1: HoldPoolShaer: unknown key, did you mean HoldPoolShare?"},
      {"Colour=red", "f.conf:1: Colour: unknown key"},
      {"Partiton=debug Memory=off", "f.conf:1: Partiton: unknown key, did you mean Partition?"},
      {"Order=on\n#\norder=off", "f.conf:3: order: already given on line 1"},
      {"Order=maybe", "f.conf:1: Order: 'maybe' is not off|dry-run|on"},
      {"Mode=Advice", "f.conf:1: Mode: 'Advice' is not off|observe|advise"},
      {"Memory=Advice", "f.conf:1: Memory: 'Advice' is not off|observe|dry-run|advise|enforce"},
      {"Mode=enforce",
       "f.conf:1: Mode: enforce is available for Memory alone in this version; use advise here"},
      {"Enabled=yes\nRunTime=Dry-Run",
       "f.conf:2: RunTime: dry-run is available for Memory alone in this version; use advise here"},
      {"QOS=x Io=enforce",
       "f.conf:1: Io: enforce is available for Memory alone in this version; use advise here"},
      {"QOS=x Mode=enforce",
       "f.conf:1: Mode: enforce is available for Memory alone in this version; use advise here"},
      {"Memory=enforce\nJobTag=no",
       "f.conf:2: JobTag: Memory=enforce remembers what a job requested in its admin comment; set "
       "JobTag=yes"},
      {"JobTag=no\nAccount=x Memory=enforce",
       "f.conf:1: JobTag: Memory=enforce remembers what a job requested in its admin comment; set "
       "JobTag=yes"},
      {"Enabled=", "f.conf:1: Enabled: '' is not yes|no"},
      {"Enabled", "f.conf:1: expected Key=Value at 'Enabled'"},
      {"Enabled=yes garbage", "f.conf:1: expected Key=Value at 'garbage'"},
      {"=yes", "f.conf:1: expected Key=Value at '=yes'"},
      {"StateDir=var/lib", "f.conf:1: StateDir: 'var/lib' is not an absolute path"},
      {"StateDir=\"/a b", "f.conf:1: StateDir: the quote is not closed on its line"},
      {"JournalFileSize=16",
       "f.conf:1: JournalFileSize: '16' is not a size from 64K to 1G with its unit, such as 16M"},
      {"JournalFileSize=2G",
       "f.conf:1: JournalFileSize: '2G' is not a size from 64K to 1G with its unit, such as 16M"},
      {"AgentInterval=0",
       "f.conf:1: AgentInterval: '0' is not a time from 1s to 1h (a plain number is seconds)"},
      {"RunTimeMargin=1.5", "f.conf:1: RunTimeMargin: '1.5' is not a number from 0.5 to 0.99"},
      {"RunTimeMargin=nan", "f.conf:1: RunTimeMargin: 'nan' is not a number from 0.5 to 0.99"},
      {"FaultLimit=2.5", "f.conf:1: FaultLimit: '2.5' is not a whole number from 1 to 1000000"},
      {"HoldPoolShare=101%",
       "f.conf:1: HoldPoolShare: '101%' is not a share from 0% to 100%, or from 0 to 1"},
      {"HoldUsers=carol,,dave", "f.conf:1: HoldUsers: '' is not a name"},
      {"HoldUsers=carol,auto", "f.conf:1: HoldUsers: 'auto' stands for everybody: name nobody beside it"},
      {"HoldUsers=carol,carol", "f.conf:1: HoldUsers: 'carol' is named twice"},
      {"HoldUsers=carol,", "f.conf:1: HoldUsers: '' is not a name (the list ends with a comma)"},
      {"HoldUsers= Order=on", "f.conf:1: HoldUsers: 'Order=on' is not a name"},
      {"HoldUsers=a\x1B[2J", "f.conf:1: a control character; is this a text file?"},
      {"Partition=debug", "f.conf:1: Partition: sets nothing; add e.g. Memory=advise on the same line"},
      {"Partition=debug Order=on",
       "f.conf:1: Order: not a key of a scope line, which takes Mode, RunTime, Memory, Cpus, Io and Trial"},
      {"QOS=a Io=off io=off", "f.conf:1: io: given twice"},
      {"QOS=a Io=off\nQOS=b,a Io=off", "f.conf:2: QOS: 'a' already has its line above"},
      {"Io=off QOS=a", "f.conf:1: QOS: must be the first key of its line"},
      // Right one by one, wrong together.
      {"JournalFileSize=1G",
       "f.conf:1: JournalFileSize: JournalTotalSize must hold at least two files of JournalFileSize"},
      {"Order=on\nRunTime=off",
       "f.conf:2: RunTime: Order=on needs predicted run times, but RunTime is off everywhere; set "
       "RunTime=observe"},
      {"Hold=on HoldPool=no",
       "f.conf:1: HoldPool: Hold=on with HoldPool=no and no HoldUsers holds nothing; set Hold=off"},
      {"HoldIdleCap=2\nHoldIdleCapUser=3", "f.conf:2: HoldIdleCapUser: is larger than HoldIdleCap"},
      {"StatusFile=/var/lib/foreshape/disabled",
       "f.conf:1: StatusFile: JournalDir, SnapshotFile, StatusFile, ModelFile and StateDir/disabled must be "
       "five different places"},
      {"ModelFile=/var/lib/foreshape/profiles.snap",
       "f.conf:1: ModelFile: JournalDir, SnapshotFile, StatusFile, ModelFile and StateDir/disabled must be "
       "five different places"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto settings = parse_settings(c.text, "f.conf");
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().message, c.want);
    EXPECT_EQ(settings.error().code, ErrorCode::invalid_input);
  }
}

TEST(ParseSettings, IsBounded) {
  EXPECT_FALSE(parse_settings(std::string(kMaxSettingsBytes + 1, '\n'), "f.conf"));
  std::string scopes;
  for (std::size_t i = 0; i <= kMaxScopeRules; ++i) scopes += "QOS=q" + std::to_string(i) + " Io=off\n";
  EXPECT_NE(parse_settings(scopes, "f.conf").error().message.find("more than 1000 scopes"),
            std::string::npos);
  std::string users = "HoldUsers=u";
  for (std::size_t i = 0; i < kMaxHoldUsers; ++i) users += ",u" + std::to_string(i);
  EXPECT_NE(parse_settings(users, "f.conf").error().message.find("at most 200"), std::string::npos);
}

TEST(ParseSettings, TheOrdersFormBringsItsConstantsUnlessOthersAreGiven) {
  EXPECT_EQ(parsed("").policy.order.form, OrderForm::log);
  const OrderPolicy squared = parsed("Order=on OrderForm=Log-Squared").policy.order;
  EXPECT_EQ(squared.mode, OrderMode::on);
  EXPECT_EQ(squared.form, OrderForm::log_squared);
  EXPECT_EQ(squared.max_offset_s, 14 * 86'400);
  EXPECT_EQ(squared.short_job_s, 600);
  const OrderPolicy own =
      parsed("OrderMaxOffset=10-0 OrderShortJob=5 OrderForm=log-squared OrderLogSquaredOffset=90")
          .policy.order;
  EXPECT_EQ(own.max_offset_s, 10 * 86'400);
  EXPECT_EQ(own.short_job_s, 300);
  EXPECT_EQ(own.log_squared_offset_s, 5'400);
  EXPECT_EQ(parsed("OrderForm=log").policy.order.max_offset_s, 7 * 86'400);
  EXPECT_NE(parse_settings("OrderForm=root", "f.conf").error().message.find("'root' is not log|log-squared"),
            std::string::npos);
}

TEST(FormatSettings, IsReadBackUnchanged) {
  const std::string text =
      "StateDir=\"/a b\" Mode=advise Memory=off MemoryMargin=0.97 Order=on OrderLinear=0.1 HoldPoolShare=7%\n"
      "Hold=on HoldUsers=carol,dave HoldIdleCap=0.7 HoldWindow=90s FaultLimit=7 JobTag=no\n"
      "Partition=debug Mode=off\nAccount=x Io=advise Memory=off\n";
  const std::string once = format_settings(parsed(text));
  EXPECT_EQ(format_settings(parsed(once)), once);
  EXPECT_NE(once.find("StateDir=\"/a b\"\n"), std::string::npos);
  EXPECT_NE(once.find("Account=x Memory=off Io=advise\n"), std::string::npos);
  for (const Key& key : settings_keys()) {
    const bool differs_between_levers = key.name == "Mode";
    EXPECT_TRUE(differs_between_levers || once.find(key.name + "=") != std::string::npos) << key.name;
  }
}

/// The example with the # taken away from each setting, but for the scopes, which are only examples.
std::string with_all_in_force(const std::string& example) {
  std::string text;
  std::istringstream lines(example);
  for (std::string line; std::getline(lines, line);) {
    const bool is_scope =
        line.starts_with("#Partition=") || line.starts_with("#QOS=") || line.starts_with("#Account=");
    const bool is_setting = line.size() > 1 && line[0] == '#' && std::isupper(line[1]) != 0;
    text += (is_setting && !is_scope ? line.substr(1) : line) + "\n";
  }
  return text;
}

TEST(Example, SaysEveryKeyAtItsDefaultAndSetsNone) {
  const std::string text = source_file("contrib/foreshape.conf.example");
  EXPECT_EQ(format_settings(parsed(with_all_in_force(text))), format_settings(Settings{}));
  for (const Key& key : settings_keys())
    EXPECT_NE(text.find("\n#" + key.name + "="), std::string::npos) << key.name;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(line.empty() || line[0] == '#') << line;
}

TEST(Example, NeedsOneLineForAnotherPlace) {
  const Settings moved = parsed(source_file("contrib/foreshape.conf.example") + "StateDir=/srv/foreshape\n");
  EXPECT_EQ(format_settings(moved).find("/var/lib"), std::string::npos);
}

TEST(ManualPage, ExplainsEveryKey) {
  const std::string text = source_file("docs/foreshape.conf.5");
  for (const Key& key : settings_keys()) {
    const bool own = text.find(".TP\n.B " + key.name + "\n") != std::string::npos;
    const bool lever = text.find(".BR RunTime \", \" Memory \", \" Cpus \", \" Io\n") != std::string::npos &&
                       std::find(kLeverKeys.begin(), kLeverKeys.end(), key.name) != kLeverKeys.end();
    EXPECT_TRUE(own || lever) << key.name << " is not in docs/foreshape.conf.5";
  }
}

TEST(LoadSettings, SaysWhetherTheFileIsMissingWrongOrNotToBeTrusted) {
  std::string directory = testing::TempDir() + "foreshape_conf_XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string path = directory + "/foreshape.conf";
  EXPECT_EQ(load_settings(path).error().code, ErrorCode::not_found);
  ASSERT_TRUE(replace_file(path, "Order=on\n", 0644));
  EXPECT_EQ(load_settings(path, FileTrust{::getuid()})->policy.order.mode, OrderMode::on);
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  EXPECT_EQ(load_settings(path, FileTrust{::getuid()}).error().code, ErrorCode::invalid_input);
  EXPECT_TRUE(load_settings(path));
  ASSERT_TRUE(replace_file(path, "Order=on Order=on\n", 0644));
  EXPECT_EQ(load_settings(path).error().message, path + ":1: Order: already given on line 1");
  std::filesystem::remove_all(directory);
}

TEST(PathIn, IsReadWhateverElseIsWrong) {
  const char* text = "Memroy=advise\nStateDir=\"/srv/a b\"\nstatusfile=/run/s.json\nModelFile=relative\n";
  EXPECT_EQ(path_in(text, "StateDir"), "/srv/a b");
  EXPECT_EQ(path_in(text, "StatusFile"), "/run/s.json");
  EXPECT_EQ(path_in(text, "ModelFile"), std::nullopt);
  EXPECT_EQ(path_in(text, "JournalDir"), std::nullopt);
}

}  // namespace foreshape
