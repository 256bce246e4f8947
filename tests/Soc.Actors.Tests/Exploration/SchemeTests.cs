using static Soc.Actors.Tests.Exploration.CoreStep;
using static Soc.Actors.Tests.Exploration.WriterStep;

namespace Soc.Actors.Tests.Exploration;

/// <summary>Every row of softtlb.md section 5.6, found by walking through all interleavings.</summary>
public class SchemeTests
{
    private static readonly CoreStep[] s_plain = [Read, Install];
    private static readonly CoreStep[] s_ask = [Ask];
    private static readonly WriterStep[] s_commitFirst = [Commit, Send, AwaitAcknowledgement, Complete];

    private static readonly Dictionary<string, Scheme> s_schemes = new()
    {
        ["no invalidation"] = new([Commit, Complete], s_plain),
        ["direct clear by the writer's thread, commit first"] = new([Commit, Clear, Complete], s_plain),
        ["direct clear, notify first"] = new([Clear, Commit, Complete], s_plain),
        ["message to owner, no ack, commit first"] = new([Commit, Send, Complete], s_plain),
        ["message to owner, no ack, notify first"] = new([Send, Commit, Complete], s_plain),
        ["message + ack, commit first"] = new(s_commitFirst, s_plain),
        ["message + ack, notify first"] = new([Send, AwaitAcknowledgement, Commit, Complete], s_plain),
        ["asynchronous translate, same sender, FIFO, ack"] = new(s_commitFirst, s_ask),
        ["asynchronous translate, priority mailbox, ack"] = new(s_commitFirst, s_ask) { Mailbox = Mailbox.Priority },
        ["asynchronous translate, invalidation via a coordinator, ack"] = new(s_commitFirst, s_ask) { Mailbox = Mailbox.Coordinator },
        ["asynchronous translate, priority mailbox, ack + poisoning (M5)"] = new(s_commitFirst, s_ask) { Mailbox = Mailbox.Priority, Poison = true },
        ["asynchronous translate, invalidation via a coordinator, ack + poisoning (M5)"] =
            new(s_commitFirst, s_ask) { Mailbox = Mailbox.Coordinator, Poison = true },
        ["epoch per hit, sample before read, bump after commit"] =
            new([Commit, Bump, Complete], [Sample, Read, Install]) { Check = EntryCheck.Epoch },
        ["epoch per hit, bump before commit"] = new([Bump, Commit, Complete], [Sample, Read, Install]) { Check = EntryCheck.Epoch },
        ["epoch per hit, sample after read"] = new([Commit, Bump, Complete], [Read, Sample, Install]) { Check = EntryCheck.Epoch },
        ["epoch per hit, commit and bump are one atomic step (snapshot identity)"] =
            new([CommitAndBump, Complete], [ReadSnapshot, Install]) { Check = EntryCheck.Epoch },
        ["sequence counter (odd while committing)"] =
            new([Bump, Commit, Bump, Complete], [Sample, Read, Install]) { Check = EntryCheck.Sequence },
        ["quiesce: stop cores, collect acks, flush, commit, resume"] = new([Stop, AwaitStopped, Commit, Resume, Complete], s_plain),
        ["message + ack, register before configuration read"] = new(s_commitFirst, [Register, Read, Install]),
        ["message + ack, register after configuration read"] = new(s_commitFirst, [Read, Register, Install]),
        ["one-shot registration, full flush"] = new(s_commitFirst, [Register, Read, Install]) { OneShot = true, Pages = 2 },
        ["one-shot registration, range-limited invalidation"] =
            new(s_commitFirst, [Register, Read, Install]) { OneShot = true, OnlyRange = true, Pages = 2 },
    };

    [Theory]
    [InlineData("no invalidation", "viol", "viol", "viol")]
    [InlineData("direct clear by the writer's thread, commit first", "viol", "viol", "viol")]
    [InlineData("direct clear, notify first", "viol", "viol", "viol")]
    [InlineData("message to owner, no ack, commit first", "viol", "viol", "ok")]
    [InlineData("message to owner, no ack, notify first", "viol", "viol", "viol")]
    [InlineData("message + ack, commit first", "viol", "ok", "ok")]
    [InlineData("message + ack, notify first", "viol", "viol", "viol")]
    [InlineData("asynchronous translate, same sender, FIFO, ack", "viol", "ok", "ok")]
    [InlineData("asynchronous translate, priority mailbox, ack", "viol", "viol", "viol")]
    [InlineData("asynchronous translate, invalidation via a coordinator, ack", "viol", "viol", "viol")]
    [InlineData("asynchronous translate, priority mailbox, ack + poisoning (M5)", "viol", "ok", "ok")]
    [InlineData("asynchronous translate, invalidation via a coordinator, ack + poisoning (M5)", "viol", "ok", "ok")]
    [InlineData("epoch per hit, sample before read, bump after commit", "viol", "ok", "ok")]
    [InlineData("epoch per hit, bump before commit", "viol", "viol", "viol")]
    [InlineData("epoch per hit, sample after read", "viol", "viol", "viol")]
    [InlineData("epoch per hit, commit and bump are one atomic step (snapshot identity)", "ok", "ok", "ok")]
    [InlineData("sequence counter (odd while committing)", "ok", "ok", "ok")]
    [InlineData("quiesce: stop cores, collect acks, flush, commit, resume", "ok", "ok", "ok")]
    [InlineData("message + ack, register before configuration read", "viol", "ok", "ok")]
    [InlineData("message + ack, register after configuration read", "viol", "viol", "viol")]
    [InlineData("one-shot registration, full flush", "viol", "ok", "ok")]
    [InlineData("one-shot registration, range-limited invalidation", "viol", "viol", "viol")]
    public void Row_of_section_5_6(string row, string strict, string ack, string final)
    {
        SortedDictionary<Flaw, string> found = Explorer.Explore(() => new SchemeModel(s_schemes[row]));

        string Verdict(Flaw flaw) => found.ContainsKey(flaw) ? "viol" : "ok";
        Assert.Equal((strict, ack, final), (Verdict(Flaw.Strict), Verdict(Flaw.Ack), Verdict(Flaw.Final)));
        Assert.DoesNotContain(Flaw.Deadlock, found.Keys);
    }

    [Theory]
    [InlineData(false, "deadlock")]
    [InlineData(true, "no deadlock")]
    public void Row_of_section_5_6_two_cores_reconfigure_at_once(bool waiterServes, string expected) => Assert.Equal(
        expected,
        Explorer.Explore(() => new TwoWritersModel(waiterServes)).ContainsKey(Flaw.Deadlock) ? "deadlock" : "no deadlock");

    [Fact]
    public void RC1_a_device_that_notifies_first_is_found_by_the_stale_entry_it_leaves() =>
        Assert.Contains(Flaw.Final, Found("message + ack, notify first"));

    [Fact]
    public void RC2_registration_after_the_read_is_found() =>
        Assert.Contains(Flaw.Final, Found("message + ack, register after configuration read"));

    [Fact]
    public void RC3_one_shot_registration_with_ranges_is_found() =>
        Assert.Contains(Flaw.Final, Found("one-shot registration, range-limited invalidation"));

    [Fact]
    public void RC4_asynchronous_translation_with_a_priority_mailbox_is_found_without_poison() =>
        Assert.Contains(Flaw.Ack, Found("asynchronous translate, priority mailbox, ack"));

    [Fact]
    public void RC5_asynchronous_translation_with_a_priority_mailbox_is_clean_with_poison() =>
        Assert.Equal([Flaw.Strict], Found("asynchronous translate, priority mailbox, ack + poisoning (M5)"));

    [Fact]
    public void RC6_an_epoch_that_goes_on_before_the_commit_is_found() =>
        Assert.Contains(Flaw.Final, Found("epoch per hit, bump before commit"));

    private static IEnumerable<Flaw> Found(string row) => Explorer.Explore(() => new SchemeModel(s_schemes[row])).Keys;
}
