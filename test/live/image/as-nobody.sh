# Runs `slipway build` and `slipway package` in $1/repository as a user without a right: everything but $1 is read-only, no capability
# is left or can be gained. A process below another root makes no user namespaces: the kernel refuses it.
set -eu
place=$1 node=$2
root=/mnt
mount --make-rprivate /
mount --rbind / "$root"
awk -v root="$root" '$2 == root || index($2, root "/") == 1 { print $2 }' /proc/self/mounts | while read -r mounted; do
  mount -o remount,bind,ro "$mounted" 2>/dev/null || true
done
mount --bind "$place" "$root$place"
exec chroot "$root" setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --no-new-privs sh -euc '
  umask 077
  cd "$1/repository"
  namespace=refused; if unshare --user true 2>/dev/null; then namespace=made; fi
  files=read-only; for folder in / /tmp /var/tmp /dev/shm; do if touch "$folder/x$$" 2>/dev/null; then files="writable $folder"; fi; done
  "$2" "$1/command/dist/runtime/main.js" build >&2
  packaged=$("$2" "$1/command/dist/runtime/main.js" package --json)
  capabilities=$(awk "/^CapBnd/ { print \$2 }" /proc/self/status)
  printf "{\"checks\": {\"uid\": %s, \"capabilities\": \"%s\", \"userNamespace\": \"%s\", \"root\": \"%s\"}, \"packaged\": %s}\n" \
    "$(id -u)" "$capabilities" "$namespace" "$files" "$packaged"
' sh "$place" "$node"
