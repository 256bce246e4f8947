using Xunit.Abstractions;

namespace Soc.Actors.Tests.Exploration;

/// <summary>Soc's own protocol, driven through every interleaving; and what the same protocol would do with one rule broken.</summary>
public class ProtocolTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("a bystander", "AWA", "AAA")]
    [InlineData("M7, RC8: a bystander that sleeps in between", "AWA", "ASA")]
    [InlineData("M8, RC7: two that reconfigure at once", "AWA", "WA")]
    [InlineData("M11: a reset while an invalidation is under way, and a bystander", "W", "W", "A")]
    [InlineData("an initiator that joins late", "AWWA", "A")]
    [InlineData("RC10: an initiator that is reset while its acknowledgement is awaited", "AWA", "AFA")]
    [InlineData("a sleeper that reconfigures when it wakes", "SWA", "A")]
    public void Acknowledged_changes_hold_what_they_promise(string what, params string[] scripts)
    {
        SortedDictionary<Flaw, string> found = Explorer.Explore(() => new ProtocolModel(scripts), out int states);

        output.WriteLine($"{what}: {states} states");

        // Between commit and completion both answers are legal (G2): strictness is not promised.
        found.Remove(Flaw.Strict);
        Assert.Empty(found);
        Assert.True(states > 100);
    }

    [Fact]
    public void The_window_before_completion_is_real()
    {
        SortedDictionary<Flaw, string> found = Explorer.Explore(() => new ProtocolModel(["W", "AA"]));

        Assert.Equal([Flaw.Strict], found.Keys);
    }

    [Fact]
    public void Parked_initiators_may_be_counted_as_acknowledged_on_posting()
    {
        SortedDictionary<Flaw, string> found = Explorer.Explore(
            () => new ProtocolModel(["WA", "ASA"], parkedRecipients: ParkedRecipients.CountedAfterPosting));

        found.Remove(Flaw.Strict);
        Assert.Empty(found);
    }

    [Fact]
    public void Parked_initiators_must_not_be_counted_before_posting()
    {
        // The sleeper wakes between the look and the post, and finds an empty inbox.
        SortedDictionary<Flaw, string> found = Explorer.Explore(
            () => new ProtocolModel(["WA", "ASA"], parkedRecipients: ParkedRecipients.CountedBeforePosting));

        Assert.Contains(Flaw.Ack, found.Keys);
    }

    [Fact]
    public void A_park_that_does_not_look_again_loses_messages() =>
        Assert.Contains(Flaw.Deadlock, Explorer.Explore(() => new ProtocolModel(["W", "AA"], ParkProtocol.WithoutSecondLook)).Keys);

    [Fact]
    public void A_park_that_only_looks_for_messages_loses_timers() =>
        Assert.Contains(Flaw.Deadlock, Explorer.Explore(() => new ProtocolModel(["S"], ParkProtocol.OnlyMessages)).Keys);
}
