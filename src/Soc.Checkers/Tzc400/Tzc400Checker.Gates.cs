using Soc.Memory;

namespace Soc.Checkers.Tzc400;

/// <content>
/// The gate keeper (arm-filters.md section 3.4). Closing: the filter lets nothing in from the write on, and its status falls when
/// everybody has dropped what it once permitted, which includes that running accesses have ended. Opening: first everybody drops what the
/// closed gate said, then accesses are admitted and the status rises.
/// </content>
public sealed partial class Tzc400Checker
{
    private readonly long[] _gateChanges = new long[4];
    private readonly List<(int Filter, HeldAccess Access)> _waiting = [];
    private ulong _openGates;
    private ulong _requestedGates;

    /// <inheritdoc/>
    public override void ChangeAcknowledged(long change)
    {
        bool mine = false;
        for (int filter = 0; filter < Filters; filter++)
        {
            if (change != 0 && _gateChanges[filter] == change)
            {
                _gateChanges[filter] = 0;
                _openGates = (_openGates & ~(1UL << filter)) | (_gates.Value & (1UL << filter));
                mine = true;
            }
        }

        if (mine)
        {
            // Nobody keeps the answers of a gate that is opening, so nobody has to hear of this.
            Tzc400Snapshot next = Compile();
            if (!next.SameAs(Current))
            {
                Commit(next);
            }

            ReleaseWaiting();
        }
    }

    /// <summary>The gates' part of a write: their status follows the acknowledgements, or at once when there are none to come.</summary>
    /// <param name="outcome">What the write invalidates.</param>
    /// <param name="requested">Bit per filter whose request the write changed.</param>
    private RegisterOutcome FollowGates(RegisterOutcome outcome, ulong requested)
    {
        ulong moving = requested & (_openGates ^ _gates.Value);
        long change = moving == 0 ? 0 : NumberChange();
        for (int filter = 0; filter < Filters; filter++)
        {
            if (((requested >> filter) & 1) != 0)
            {
                // A request that was taken back waits for nothing more.
                _gateChanges[filter] = ((moving >> filter) & 1) != 0 ? change : 0;
            }
        }

        ReleaseWaiting();
        if (change == 0)
        {
            return outcome;
        }

        if (outcome.Scope is null)
        {
            ChangeAcknowledged(change);
            return outcome;
        }

        return outcome with { Change = change, CompletesAtOnce = true };
    }

    private Tzc400Port? WaitingPort(ulong address)
    {
        foreach (CheckerPort port in Ports)
        {
            if (address - port.BaseAddress <= port.SizeMinusOne && port is Tzc400Port { Waiting: not null } found)
            {
                return found;
            }
        }

        return null;
    }

    private RegisterOutcome Deliver(Tzc400Port port, in BusAccess access, ulong value)
    {
        if (!Current.Filters[port.Filter].IsOpen)
        {
            _waiting.Add((port.Filter, new HeldAccess(access, value)));
            return new RegisterOutcome(AccessResult.Pending, 0, null);
        }

        BusAccess there = access with { Offset = access.PhysicalAddress - port.BaseAddress };
        return access.Kind == AccessKind.Store
            ? new RegisterOutcome(port.Path.Write(there, value), 0, null)
            : new RegisterOutcome(port.Path.Read(there, out ulong read), read, null);
    }

    private void ReleaseWaiting()
    {
        Released.AddRange(_waiting.Where(waiter => Current.Filters[waiter.Filter].IsOpen).Select(waiter => waiter.Access));
        _waiting.RemoveAll(waiter => Current.Filters[waiter.Filter].IsOpen);
    }
}
