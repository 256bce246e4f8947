using Soc.Memory;

namespace Soc.Checkers;

/// <summary>
/// Where refused accesses end. It judges each access again under the current snapshot, answers and reports; it keeps no
/// state, so every initiator may call it at any time.
/// </summary>
/// <remarks>
/// Between a commit and its invalidation an initiator may still hold the answer "blocked" for an access that the new
/// configuration permits. Such an access goes on downstream: it then follows the new configuration completely, never a
/// mix of the verdict of one snapshot with the error flags of another (worldguard.md case I12).
/// </remarks>
/// <param name="port">The port whose refused accesses end here.</param>
public sealed class BlockedSink(CheckerPort port) : IBusDevice
{
    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        ulong address = port.BaseAddress + access.Offset;
        Verdict verdict = port.Judge(access, address);
        if (verdict.Permitted)
        {
            AccessResult result = port.Downstream.Read(access.Initiator, address, access.Size, access.Kind, access.Attributes, out value);
            if ((result & AccessResult.Pending) == 0)
            {
                return result;
            }

            // Another actor owns the target, and a sink cannot suspend its caller: the stale refusal stands, silently.
            value = 0;
            return AccessResult.Ok;
        }

        value = verdict.BusError ? 0 : verdict.Data & (ulong.MaxValue >> (64 - (8 * access.Size)));
        return Refuse(access, address, verdict);
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        ulong address = port.BaseAddress + access.Offset;
        Verdict verdict = port.Judge(access, address);
        if (verdict.Permitted)
        {
            AccessResult result = port.Downstream.Write(access.Initiator, address, access.Size, access.Attributes, value);
            return (result & AccessResult.Pending) == 0 ? result : AccessResult.Ok;
        }

        return Refuse(access, address, verdict);
    }

    private AccessResult Refuse(in BusAccess access, ulong address, Verdict verdict)
    {
        port.Checker.Violations?.Report(new Violation(
            port.Checker.AgentId, address, access.Size, access.Attributes, access.Kind, verdict.BusError, verdict.Interrupt, verdict.Detail,
            access.Initiator.InitiatorId, access.Initiator.Now));
        return verdict.BusError ? AccessResult.Error : AccessResult.Ok;
    }
}
