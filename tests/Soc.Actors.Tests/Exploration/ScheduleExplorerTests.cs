using Soc.Actors.Exploration;
using Soc.Actors.Tests.Support;
using Soc.Topology;

namespace Soc.Actors.Tests.Exploration;

/// <summary>Searching schedules for one that fails, and shrinking it.</summary>
public class ScheduleExplorerTests
{
    private const ulong Limit = 10_000_000;

    [Fact]
    public void A_missing_remote_fence_is_found_and_shrunk_to_the_shortest_prefix_that_fails()
    {
        SocTopology topology = Repository.Load("studies/missing-fence.yaml");

        ExplorationResult found = new ScheduleExplorer(topology, Limit).Explore(0, 200, 2, CancellationToken.None);

        Assert.True(found is { FailingSeed: > 0, Failure: { Outcome: RunOutcome.Finished, ExitCode: 1 } }, $"{found}");
        Assert.Equal(found.FailingSeed, found.Passed);
        Assert.InRange(found.SeedUntil, 1UL, found.FailedAt);
        Assert.Equal(1, ExitCode(found.SeedUntil));
        Assert.Equal(0, ExitCode(found.SeedUntil - 1));
        Assert.Equal(0, ExitCode(0));

        int ExitCode(ulong until) => Run(topology with { Seed = found.FailingSeed!.Value, SeedUntil = until }).End.ExitCode;
    }

    [Fact]
    public void The_answer_does_not_depend_on_how_many_runs_go_at_once()
    {
        SocTopology topology = Repository.Load("studies/missing-fence.yaml");
        ExplorationResult one = new ScheduleExplorer(topology, Limit).Explore(0, 200, 1, CancellationToken.None);
        ExplorationResult four = new ScheduleExplorer(topology, Limit).Explore(0, 200, 4, CancellationToken.None);

        Assert.Equal(one with { Runs = 0 }, four with { Runs = 0 });
    }

    [Fact]
    public void With_the_remote_fence_every_schedule_passes()
    {
        ExplorationResult result = new ScheduleExplorer(Repository.Load("studies/remote-fence.yaml"), Limit).Explore(0, 200, 2, CancellationToken.None);

        Assert.Equal(new ExplorationResult { Passed = 200, Runs = 200 }, result);
    }

    [Fact]
    public void What_fails_in_the_plain_order_needs_no_seed()
    {
        using var guest = new Guest(new Code().Fail(7));
        ExplorationResult result = new ScheduleExplorer(guest.Topology, Limit).Explore(3, 5, 1, CancellationToken.None);

        Assert.Equal((3UL, 7, 0UL), (result.FailingSeed, result.Failure!.ExitCode, result.SeedUntil));
    }

    [Fact]
    public void A_run_that_is_still_going_at_the_limit_has_not_failed()
    {
        using var guest = new Guest(new Code().Label("on").Addi(Code.T0, Code.T0, 1).Jump("on"));
        ExplorationResult result = new ScheduleExplorer(guest.Topology, 20_000).Explore(0, 4, 2, CancellationToken.None);

        Assert.Equal(4UL, result.Passed);
        Assert.Null(result.FailingSeed);
    }

    [Fact]
    public void An_image_that_is_gone_ends_the_search()
    {
        SocTopology topology = Repository.Load("studies/missing-fence.yaml");
        topology = topology with { Images = [topology.Images[0] with { Path = "gone.bin", Format = ImageFormat.Raw, Address = 0x8000_0000, Elf = null }] };

        Assert.Throws<ImageException>(() => new ScheduleExplorer(topology, Limit).Explore(0, 4, 2, CancellationToken.None));
    }

    private static RunResult Run(SocTopology topology) =>
        SocRunner.Run(topology, new RunOptions { Console = Stream.Null, TimeLimit = Limit }, CancellationToken.None);
}
