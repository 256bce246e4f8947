namespace Soc.Actors.Tests.Exploration;

/// <summary>Two cores that reconfigure two checkers at once; each is the other's recipient (rule M8).</summary>
/// <param name="waiterServes">Whether a core that waits for its own change still serves invalidations.</param>
internal sealed class TwoWritersModel(bool waiterServes) : Interleaving
{
    private readonly int[] _state = new int[2]; // 0 runs, 1 waits, 2 done
    private readonly bool[] _invalidation = new bool[2];
    private readonly bool[] _acknowledged = new bool[2];

    public override List<(string Name, Action Do)> Steps()
    {
        List<(string, Action)> steps = [];
        for (int i = 0; i < 2; i++)
        {
            int core = i;
            int other = 1 - core;
            if (_state[core] == 0)
            {
                steps.Add(($"core {core}: write", () =>
                {
                    _state[core] = 1;
                    _invalidation[other] = true;
                }
                ));
            }

            if (_invalidation[core] && (waiterServes || _state[core] != 1))
            {
                steps.Add(($"core {core}: acknowledge", () =>
                {
                    _invalidation[core] = false;
                    _acknowledged[other] = true;
                }
                ));
            }

            if (_state[core] == 1 && _acknowledged[core])
            {
                steps.Add(($"core {core}: complete", () => _state[core] = 2));
            }
        }

        return steps;
    }

    public override string Print() => string.Join(',', _state) + string.Join(',', _invalidation) + string.Join(',', _acknowledged);

    public override void AtRest()
    {
        if (_state.Any(state => state != 2))
        {
            Flaws.Add(Flaw.Deadlock);
        }
    }
}
