using Soc.Memory;

namespace Soc.Topology.Yaml;

/// <summary>Reads how checkers know an initiator: requester id, security, NSAID.</summary>
internal sealed class IdentityReader(TopologyContext context)
{
    private const int LargestRequester = 0xFF_FFFF;
    private const string SecurityHint = "write secure, non-secure, root or realm";

    /// <summary>The identity of a group of harts.</summary>
    public InitiatorIdentity ReadHarts(MapReader map)
    {
        InitiatorIdentity identity = ReadCommon(map);
        if (map.Has("security") && !map.IsText("security"))
        {
            if (map.OptionalMap("security") is { } modes)
            {
                identity = identity with
                {
                    Security = modes.RequiredChoice("machine", Choices.SecuritySpaces),
                    SupervisorSecurity = modes.RequiredChoice("supervisor", Choices.SecuritySpaces),
                    UserSecurity = modes.RequiredChoice("user", Choices.SecuritySpaces),
                };
                modes.Finish();
            }

            return identity;
        }

        SecuritySpace? all = map.OptionalChoice("security", Choices.SecuritySpaces);
        return identity with { Security = all, SupervisorSecurity = all, UserSecurity = all };
    }

    /// <summary>The identity of a DMA engine.</summary>
    public InitiatorIdentity ReadEngine(MapReader map)
    {
        if (map.Has("security") && !map.IsText("security"))
        {
            map.Report("security", "an engine has no modes", SecurityHint);
            return ReadCommon(map);
        }

        return ReadCommon(map) with
        {
            Security = map.OptionalChoice("security", Choices.SecuritySpaces),
            IsUnprivileged = !(map.OptionalBoolean("privileged") ?? true),
        };
    }

    private InitiatorIdentity ReadCommon(MapReader map)
    {
        int? access = map.OptionalInteger("nsaid", 0, 15);
        int? network = map.OptionalInteger("vnet", 0, 15);
        if ((access ?? network) is not null && context.WorldGuard is not null)
        {
            map.Report(map.Has("nsaid") ? "nsaid" : "vnet", "the transactions of a machine with worlds carry their world there", "remove it: the low four bits of the world are the NSAID");
        }

        return new InitiatorIdentity
        {
            Requester = (uint?)map.OptionalInteger("rrid", 0, LargestRequester),
            RequesterStride = (uint)(map.OptionalInteger("rrid-stride", 0, LargestRequester) ?? 0),
            AccessId = (access ?? network) is null ? null : (byte)((access ?? 0) | ((network ?? 0) << 4)),
        };
    }
}
