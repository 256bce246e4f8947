using Soc.Topology;

namespace Soc.Actors.Exploration;

/// <summary>
/// Runs one SoC under many schedules, each run a serial lockstep SoC of its own, until one fails; then shrinks what the seed has to
/// decide. The answer does not depend on how many runs go at once.
/// </summary>
/// <param name="topology">The SoC; its seed and mode are replaced.</param>
/// <param name="timeLimit">Limit of virtual time of each run, ns.</param>
/// <param name="sanitize">Whether uses of stale translations are failures, too.</param>
public sealed class ScheduleExplorer(SocTopology topology, ulong timeLimit, bool sanitize = false)
{
    private readonly SocTopology _topology = topology with { Mode = RunMode.Lockstep, Parallel = false };

    /// <summary>Searches.</summary>
    /// <param name="first">The first seed; 0 is the plain order.</param>
    /// <param name="count">Number of seeds.</param>
    /// <param name="jobs">Runs at once.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ImageException">An image cannot be loaded.</exception>
    public ExplorationResult Explore(ulong first, ulong count, int jobs, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        var gate = new Lock();
        ulong next = 0;
        ulong passed = 0;
        ulong runs = 0;
        (ulong Seed, RunResult Run)? failure = null;
        Exception? thrown = null;
        void Work()
        {
            while (!cancellation.IsCancellationRequested)
            {
                ulong seed;
                lock (gate)
                {
                    // Seeds are given out in order: when one fails, all lower ones are over or under way.
                    if (next >= count || failure is not null || thrown is not null)
                    {
                        return;
                    }

                    seed = first + next++;
                }

                try
                {
                    RunResult run = Run(seed, ulong.MaxValue, cancellation);
                    lock (gate)
                    {
                        runs++;
                        if (!FailureCriterion.IsFailure(run))
                        {
                            passed += run.End.Outcome == RunOutcome.Interrupted ? 0UL : 1UL;
                        }
                        else if (failure is null || seed < failure.Value.Seed)
                        {
                            failure = (seed, run);
                        }
                    }
                }
                catch (ImageException exception)
                {
                    lock (gate)
                    {
                        thrown ??= exception;
                    }
                }
            }
        }

        Thread[] workers = [.. Enumerable.Range(0, jobs).Select(_ => new Thread(Work) { IsBackground = true })];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        if (thrown is not null)
        {
            throw new ImageException(thrown.Message, thrown);
        }

        ExplorationResult result = new() { Passed = passed, Runs = runs, Interrupted = cancellation.IsCancellationRequested };
        return failure is { } found ? Shrink(result, first, found.Seed, found.Run, cancellation) : result;
    }

    /// <summary>Bisects the virtual time up to which the seed must decide for the same failure to come.</summary>
    private ExplorationResult Shrink(ExplorationResult result, ulong first, ulong seed, RunResult failure, CancellationToken cancellation)
    {
        int runs = 0;
        ulong shrunkAt = failure.Summary.VirtualTime;

        // The seed cannot have decided anything after the end.
        ulong fails = failure.Summary.VirtualTime + _topology.Quantum + 1;
        bool Fails(ulong horizon)
        {
            runs++;
            RunResult run = Run(seed, horizon, cancellation);
            bool same = FailureCriterion.IsFailure(run) && FailureCriterion.IsSame(run.End, failure.End);
            shrunkAt = same ? run.Summary.VirtualTime : shrunkAt;
            return same;
        }

        if (seed == 0 || Fails(0))
        {
            fails = 0;
        }
        else
        {
            ulong passes = 0;
            while (fails - passes > 1 && !cancellation.IsCancellationRequested)
            {
                ulong middle = passes + ((fails - passes) / 2);
                if (Fails(middle))
                {
                    fails = middle;
                }
                else
                {
                    passes = middle;
                }
            }
        }

        return result with
        {
            Passed = seed - first,
            FailingSeed = seed,
            Failure = failure.End,
            FailedAt = failure.Summary.VirtualTime,
            SeedUntil = fails,
            ShrunkFailedAt = shrunkAt,
            ShrinkRuns = runs,
            Interrupted = cancellation.IsCancellationRequested,
        };
    }

    private RunResult Run(ulong seed, ulong seedUntil, CancellationToken cancellation) => SocRunner.Run(
        _topology with { Seed = seed, SeedUntil = seedUntil },
        new RunOptions { Console = Stream.Null, TimeLimit = timeLimit, Sanitize = sanitize },
        cancellation);
}
