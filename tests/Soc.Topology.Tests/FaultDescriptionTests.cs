namespace Soc.Topology.Tests;

/// <summary>Faults to inject, in a topology file and on the command line: the same words.</summary>
public class FaultDescriptionTests
{
    private const string Stall = "kind: stall, initiator: dma0, at: 10000ns, for: 50000ns";
    private const string Delay = "kind: delay, message: invalidate, from: wgc, to: hart1, nth: 3, probability: 0.25, by: 1500ns";

    public static TheoryData<string> Sound =>
    [
        Stall,
        Delay,
        "kind: drop, message: invalidate-ack, from: hart0, nth: 2",
        "kind: duplicate, message: invalidate",
        "kind: reorder, message: invalidate-ack, by: 1ns",
    ];

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_fault_is_written_as_it_is_read(string text)
    {
        FaultDescription inFile = Assert.Single(TestTopology.Load(TestTopology.With("soc: test", $"soc: test\nfaults:\n  - {{{text}}}")).Faults);
        TopologyLoadResult result = TopologyFile.Parse("test.yaml", TestTopology.Sound, new TopologyLoadOptions { Faults = [text] });

        Assert.Empty(result.Mistakes);
        Assert.Equal(inFile, Assert.Single(result.Topology!.Faults));
        Assert.Equal(text, inFile.ToString());
    }

    [Fact]
    public void Fields_and_units_arrive()
    {
        SocTopology topology = TestTopology.Load(TestTopology.With("soc: test", $"soc: test\nwatchdog: 3us\nfaults: [{{{Delay}}}, {{kind: stall, initiator: hart1, at: 2us, for: 1ms}}]"));

        Assert.Equal(3_000UL, topology.Watchdog);
        Assert.Equal(
            [
                new FaultDescription { Kind = FaultKind.Delay, Message = FaultMessage.Invalidate, From = "wgc", To = "hart1", Nth = 3, Probability = 0.25, By = 1_500 },
                new FaultDescription { Kind = FaultKind.Stall, Initiator = "hart1", At = 2_000, Duration = 1_000_000 },
            ],
            topology.Faults);
        Assert.Null(TestTopology.Load(TestTopology.Sound).Watchdog);
    }

    [Theory]
    [InlineData("kind: lose", "kind: 'lose' is unknown; use one of: delay, duplicate, reorder, drop, stall", 7)]
    [InlineData("message: invalidate", "kind: is missing; use one of: delay, duplicate, reorder, drop, stall", 1)]
    [InlineData("kind: drop", "message: is missing; use one of: invalidate, invalidate-ack", 1)]
    [InlineData("kind: drop, message: ack", "message: 'ack' is unknown; use one of: invalidate, invalidate-ack", 22)]
    [InlineData("kind: drop, message: invalidate, to: hart9", "to: there is no 'hart9'; use one of: hart0, hart1, dma0, wgc", 38)]
    [InlineData("kind: drop, message: invalidate, by: 1us", "by: is not a known key; known here: from, kind, message, nth, probability, to", 34)]
    [InlineData("kind: delay, message: invalidate, by: 0ns", "by: '0ns' is not right here; give a time above zero, such as 10us", 39)]
    [InlineData("kind: drop, message: invalidate, probability: 0", "probability: '0' is not right here; give a number above 0 and at most 1", 47)]
    [InlineData("kind: stall, at: 1us, for: 1us", "initiator: is missing; use one of: hart0, hart1, dma0", 1)]
    [InlineData("kind: stall, initiator: wgc, at: 1us, for: 1us", "initiator: there is no 'wgc'; use one of: hart0, hart1, dma0", 25)]
    public void A_wrong_fault_of_the_command_line_is_one_line(string text, string expected, int column)
    {
        TopologyLoadResult result = TopologyFile.Parse("test.yaml", TestTopology.Sound, new TopologyLoadOptions { Faults = [text] });

        Assert.Null(result.Topology);
        Assert.Equal($"--fault:1:{column}: {expected}", Assert.Single(result.Mistakes).ToString());
    }

    [Fact]
    public void A_wrong_fault_of_a_file_is_named_with_its_place()
    {
        TopologyLoadResult result = TopologyFile.Parse("test.yaml", TestTopology.With("soc: test", "soc: test\nfaults:\n  - {kind: drop, message: invalidate, from: hart7}"));

        Assert.Equal("test.yaml:3:45: faults[0].from: there is no 'hart7'; use one of: hart0, hart1, dma0, wgc", Assert.Single(result.Mistakes).ToString());
    }
}
