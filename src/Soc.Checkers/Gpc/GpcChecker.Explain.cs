using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <content>Refusals in words.</content>
public sealed partial class GpcChecker
{
    /// <inheritdoc/>
    public override string Explain(in Violation violation)
    {
        if ((violation.Detail & FaultDetail) == 0)
        {
            return "the instance terminates all accesses (ROOT_CR0.ACCESSEN = 0)";
        }

        int instance = InstanceOf(violation.Detail);
        int level = (int)(violation.Detail & 3);
        (SecuritySpace space, SecuritySpace state) = SpaceOf(violation.Attributes);
        string who = space == state ? Word(space) : $"{Word(space)} from the {Word(state)} state";
        string code = $"(GPCSC 0x{violation.Detail & 0x3F:x}, instance {instance})";
        return (GpcFaultKind)((violation.Detail & 0x3F) >> 2) switch
        {
            GpcFaultKind.AddressSize => $"the level-0 table lies beyond the protected address size {code}",
            GpcFaultKind.Walk => $"a register or the level-{level} descriptor holds a reserved value {code}",
            GpcFaultKind.ExternalAbort => $"the fetch of the level-{level} descriptor was answered with an error {code}",
            _ => $"granule 0x{violation.PhysicalAddress & ~(PageSize - 1):x} is {OwnerOf(violation.PhysicalAddress, instance)}, the access is {who} {code}",
        };
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> RecordRegisters(in Violation violation) =>
        [$"ROOT_GPF_FAR[{InstanceOf(violation.Detail)}]", $"ROOT_GPT_CFG_FAR[{InstanceOf(violation.Detail)}]"];

    private static string Word(SecuritySpace space) => space == SecuritySpace.NonSecure ? "Non-secure" : $"{space}";

    private string OwnerOf(ulong address, int instance)
    {
        GpcPort port = Ports.OfType<GpcPort>().First(port => port.Instance == instance);
        string[] owners = [.. Enum.GetValues<SecuritySpace>().Where(space => port.BelongsTo(address, space)).Select(Word)];
        return owners.Length == 0 ? "nobody's" : string.Join(" and ", owners);
    }
}
